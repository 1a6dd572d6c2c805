import { describe, expect, it } from 'vitest';
import type { FleetRecord } from '../../../bench/record/fleet.ts';
import { fleetReporters } from '../../../reports/fleet/index.ts';
import { makeFleet } from '../../fixtures/fleet/make-fleet.ts';

const fleet = makeFleet({
  hosts: 24,
  slower: (host) => (host === 7 ? 1.12 : 1),
  machine: (host) => ({
    ...(host >= 20 && { kernel: '6.12.0' }),
    ...(host === 7 && { governor: 'powersave', name: 'node<7>' }),
  }),
});
const shown = (name: keyof typeof fleetReporters, columns = 120, subject: FleetRecord = fleet): string =>
  fleetReporters[name].render(subject, { columns, colour: false });

describe('reports of a fleet', () => {
  it('show classes side by side, the odd host and what it has, on the terminal', () => {
    const text = shown('terminal');
    expect(text).toContain('tomcat on 24 hosts of 2 classes, 24 runs');
    expect(text).toMatch(/^class A: 20 hosts: kernel 6\.1\.0-28-amd64$/m);
    expect(text).toMatch(/^startup\.ready +runc +20 +2\.\d+ s +2\.\d+–2\.\d+ s +1\.0\d× +1\.0\d–1\.\d+× /m);
    expect(text).toMatch(/^odd: node<7>: startup\.ready on all platforms is 1\d % slower/m);
    expect(text).toContain('the odd host has governor powersave, none of the others');
    expect(text).toContain('Fewer than 6 hosts in class B (4)');
  });

  it('fit on a narrow terminal', () => {
    for (const columns of [40, 80, 100]) {
      expect(
        shown('terminal', columns)
          .split('\n')
          .every((line) => line.length <= columns),
      ).toBe(true);
    }
  });

  it('have a point for every host and figure on the page, without markup from names', () => {
    const page = shown('html');
    expect(page.match(/<path class="(usual|odd)"/g)).toHaveLength(48);
    expect(page.match(/<path class="odd"/g)).toHaveLength(2);
    expect(page).not.toContain('node<7>');
    expect(page).toContain('id="map"');
  });

  it('have every host in the CSV, and the odd one marked', () => {
    const rows = shown('csv').trim().split('\n');
    expect(rows).toHaveLength(1 + 4 + 48);
    expect(rows.slice(1).filter((row) => row.endsWith(',odd'))).toHaveLength(2);
  });

  it('say in Markdown what the terminal says', () => {
    expect(shown('markdown')).toContain('## class A: 20 hosts: kernel 6.1.0-28-amd64');
    expect(shown('markdown')).toContain('Odd: node&lt;7&gt;: startup.ready on all platforms');
  });

  it('say what was not whole', () => {
    const odd: FleetRecord = {
      ...fleet,
      hosts: fleet.hosts.map((host, index) =>
        index === 1
          ? {
              ...host,
              partial: [1],
              nameFrom: 'folder',
              skipped: [{ platform: 'vm', reason: 'no KVM' }],
              failures: [{ platform: 'runc', measure: 'startup', code: 'not-ready', count: 2 }],
            }
          : host,
      ),
      leftOut: [{ file: 'x/run.json', reason: 'another payload' }],
      duplicates: [{ file: 'y/run.json', of: 'z/run.json' }],
    };
    for (const reporter of ['terminal', 'markdown', 'html'] as const) {
      const text = shown(reporter, 500, odd);
      expect(text).toContain('1 run did not come to the end: node0001');
      expect(text).toContain('Left out: x/run.json: another payload');
      expect(text).toContain('1 record found twice');
      expect(text).toContain('1 host named after a folder');
      expect(text).toContain('vm was skipped: no KVM (node0001)');
      expect(text).toContain('node0001: runc: not-ready (2 times)');
    }
  });
});
