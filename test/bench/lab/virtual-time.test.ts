import { describe, expect, it } from 'vitest';
import { asOutside, withoutVms } from '../../../bench/lab/virtual-time.ts';
import type { JournalEvent } from '../../../bench/run/journal/journal.ts';
import { applyOverrides } from '../../../scenarios/loader/overrides.ts';
import { loadScenario } from '../../../scenarios/loader/load.ts';
import type { ResolvedScenario } from '../../../scenarios/resolved.ts';

const scenario = loadScenario('tiny', { cwd: '/' });
const only = (...platforms: string[]): ResolvedScenario =>
  applyOverrides(scenario, { platforms, measures: [], samples: null, accel: null });

describe('a scenario in virtual time', () => {
  it('leaves its VMs out, and says why', () => {
    const { scenario: kept, left } = withoutVms({ ...scenario, baseline: 'vm' });
    expect(kept.platforms.map(({ id }) => id)).toEqual(['process', 'runc']);
    expect(kept.baseline).toBe('process');
    expect(left).toMatchObject([
      { id: 'vm', skipped: { reason: expect.stringContaining('virtual time') as string } },
    ]);
  });

  it('is none where nothing but VMs is wanted', () => {
    expect(() => withoutVms(only('vm'))).toThrow(expect.objectContaining({ exitCode: 3 }));
  });

  it('has no disk to read cold', () => {
    const { startup } = scenario.measures;
    if (!startup) throw new Error('the scenario has no startup');
    const cold = {
      ...scenario,
      measures: { ...scenario.measures, startup: { ...startup, pageCache: 'cold' as const } },
    };
    expect(() => withoutVms(cold)).toThrow(expect.objectContaining({ exitCode: 2 }));
  });

  it('has no density', () => {
    const dense = loadScenario('density-tiny', { cwd: '/' });
    expect(() => withoutVms(dense)).toThrow(expect.objectContaining({ exitCode: 2 }));
  });
});

describe('an event from a lab in virtual time', () => {
  const outside = { id: 'run-7', at: '2026-05-01T12:00:00.000Z', commit: 'abc' };
  const inside = '2024-01-01T00:00:07.000Z';

  it('gets the name and the time of the run outside', () => {
    const run = {
      type: 'run',
      id: 'virtual',
      startedAt: inside,
      tareVersion: '0',
      seed: 1,
      scenario,
    } as const;
    expect(asOutside(run, outside)).toEqual({ ...run, id: 'run-7', startedAt: outside.at, commit: 'abc' });
    expect(asOutside({ type: 'finish', at: inside, aborted: false }, outside)).toEqual({
      type: 'finish',
      at: outside.at,
      aborted: false,
    });
  });

  it('keeps its figures', () => {
    const sample = { value: 5.125, block: 1, at: inside, instance: 'runc-1' };
    const event: JournalEvent = {
      type: 'sample',
      platform: 'runc',
      measure: 'startup',
      metric: 'startup.ready',
      lens: null,
      condition: {},
      definition: null,
      sample,
    };
    expect(asOutside(event, outside)).toEqual({ ...event, sample: { ...sample, at: outside.at } });
    const step = { type: 'step', platform: 'runc', block: 1, durationMs: 3 } as const;
    expect(asOutside(step, outside)).toEqual(step);
  });
});
