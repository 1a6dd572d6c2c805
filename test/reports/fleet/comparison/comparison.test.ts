import { describe, expect, it } from 'vitest';
import { compareFleets } from '../../../../bench/analysis/compare-fleets/compare-fleets.ts';
import type { FleetComparison } from '../../../../bench/record/fleet-comparison.ts';
import { fleetComparisonReporters } from '../../../../reports/fleet/comparison/index.ts';
import { beforeAndAfter } from '../../../fixtures/fleet/make-fleet.ts';

const [reference, fleet] = beforeAndAfter(
  {
    slower: (host) => (host === 7 ? 1.8 : host < 8 ? 1.2 : 1),
    machine: (host) => ({
      ...(host < 8 && { kernel: '6.12.0' }),
      governor: host === 7 ? 'powersave' : 'performance',
    }),
  },
  { machine: () => ({ governor: 'performance' }) },
);
const all = { platforms: [], measures: [], force: false };
const comparison = compareFleets(
  { name: 'before', record: reference },
  { name: 'after<b>', record: fleet },
  all,
);
const shown = (
  name: keyof typeof fleetComparisonReporters,
  columns = 120,
  subject: FleetComparison = comparison,
): string => fleetComparisonReporters[name].render(subject, { columns, colour: false });

describe('reports of a comparison of fleets', () => {
  it('say for each group what changed on its hosts and what that did, on the terminal', () => {
    const text = shown('terminal');
    expect(text).toContain('after<b> against before (the reference): 12 hosts, each against itself');
    expect(text).toMatch(
      /^8 hosts whose kernel changed\nclass A in the reference, class A in the fleet \(kernel 6\.12\.0\)\nkernel: 6\.1\.0-28-amd64 then, 6\.12\.0 now$/m,
    );
    expect(text).toMatch(/^governor: performance then, powersave now, on 1 of 8$/m);
    expect(text).toMatch(
      /^4 hosts whose class did not change\nclass A in the reference, class B in the fleet/m,
    );
    expect(text).toMatch(/^runc +startup\.ready +8 +2\.\d+ s +2\.\d+ s +\+2\d % +\+1\d to \+\d+ % /m);
    expect(text).toMatch(
      /^runc: startup\.ready is 2\d % slower on 8 hosts \(2\.\d+ s, was 2\.\d+ s\), 95 % /m,
    );
    expect(text).toMatch(/^odd: node0007: the change of startup\.ready on all platforms is \d+ % higher/m);
    expect(text).toContain('in which nothing changed show what time alone brought');
  });

  it('fit on a narrow terminal, where sentences take the place of the table', () => {
    for (const columns of [40, 80, 100]) {
      const text = shown('terminal', columns);
      expect(text.split('\n').every((line) => line.length <= columns)).toBe(true);
      expect(text).toContain('startup.ready');
    }
  });

  it('say by how much one host changed, and that one cannot tell', () => {
    const [before, after] = beforeAndAfter({ hosts: 1, slower: () => 1.5 }, { hosts: 1 });
    const one = compareFleets({ name: 'before', record: before }, { name: 'after', record: after }, all);
    expect(shown('terminal', 60, one)).toMatch(
      /^runc: startup\.ready changed by \+[45]\d % on 1 host \(.*\s.*one\s+host\s+cannot tell\.$/m,
    );
  });

  it('have a map of the change of every host on the page, without markup from names', () => {
    const page = shown('html');
    expect(page.match(/<table class="map">/g)).toHaveLength(2);
    expect(page).toContain('<th scope="row">node0007</th><td class="worse-3">');
    expect(page).not.toContain('after<b>');
  });

  it('say in Markdown what the terminal says', () => {
    const text = shown('markdown');
    expect(text).toContain('## 8 hosts whose kernel changed');
    expect(text).toMatch(/^- process: startup\.ready is 2\d % slower on 8 hosts/m);
    expect(text).toContain('| platform | figure |');
  });

  it('have every host in the CSV', () => {
    const [head = '', ...rows] = shown('csv').trim().split('\n');
    expect(rows).toHaveLength(4 + 24);
    expect(rows.every((row) => row.split(',').length === head.split(',').length)).toBe(true);
  });

  it('say what was not compared, and that the change cannot be told from the time', () => {
    const odd: FleetComparison = {
      ...comparison,
      groups: comparison.groups.slice(0, 1),
      unpaired: [{ host: 'x1', reason: 'not in the reference' }],
      missing: [{ group: 0, platform: 'vm', metric: null, condition: {}, missingIn: 'fleet' }],
      differences: [{ level: 'obstacle', what: 'payload digest', reference: 'a', fleet: 'b' }],
      forced: true,
    };
    for (const reporter of ['terminal', 'markdown', 'html'] as const) {
      const text = shown(reporter, 500, odd);
      expect(text).toContain('Not compared: 1 host not in the reference: x1.');
      expect(text).toContain('Missing on one side: vm (in ');
      expect(text).toContain('cannot be told from what else happened between the two measurements');
      expect(text).toContain('NOT COMPARABLE, compared by --force: payload digest');
    }
  });
});
