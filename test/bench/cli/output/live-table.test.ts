import { expect, it } from 'vitest';
import { liveLines } from '../../../../bench/cli/output/live-table.ts';
import type { JournalEvent } from '../../../../bench/run/journal/journal.ts';
import { applyOverrides } from '../../../../scenarios/loader/overrides.ts';
import { loadScenario } from '../../../../scenarios/loader/load.ts';

const scenario = applyOverrides(loadScenario('tiny', { cwd: '/' }), {
  platforms: ['process', 'runc', 'vm'],
  measures: [],
  samples: 3,
  accel: null,
});

const step = (platform: string, block: number, ready: number, pss: number): JournalEvent[] => {
  const sample = (measure: string, metric: string, value: number): JournalEvent => ({
    type: 'sample',
    platform,
    measure,
    metric,
    lens: null,
    condition: {},
    definition: null,
    sample: { value, block, at: '', ...(block === 0 && { excluded: 'warm-up block' }) },
  });
  return [
    sample('startup', 'startup.ready', ready),
    sample('memory', 'memory.pss', pss),
    { type: 'step', platform, block, durationMs: 1 },
  ];
};
const shown = (events: JournalEvent[]): string[] =>
  liveLines(scenario, events).map((line) => line.replaceAll('\u00a0', ' ').replace(/ +/g, ' '));

it('fills in as samples come; what the warm-up found has a tilde', () => {
  expect(shown([])).toEqual([]);
  const warm = [...step('process', 0, 20, 2 ** 20), ...step('runc', 0, 50, 2 ** 20)];
  expect(shown(warm)).toEqual([
    'platform ready × process memory samples',
    'process ~20.0 ms baseline ~1.00 MiB 0 of 3',
    'runc ~50.0 ms ~2.50× ~1.00 MiB 0 of 3',
    'vm … … … 0 of 3',
  ]);
  const sampled = [...warm, ...step('process', 1, 10, 2 ** 20), ...step('runc', 1, 40, 2 ** 21)];
  expect(shown(sampled).slice(1, 3)).toEqual([
    'process 10.0 ms baseline 1.00 MiB 1 of 3',
    'runc 40.0 ms 4.00× 2.00 MiB 1 of 3',
  ]);
});

it('knows how many samples were decided on', () => {
  const sampling = [{ platform: 'runc', planned: 2, width: null, why: '' }];
  expect(shown([...step('runc', 1, 40, 1), { type: 'sampling', sampling }])[2]).toMatch(/ 1 of 2$/);
});
