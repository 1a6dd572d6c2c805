import { describe, expect, it } from 'vitest';
import { applyOverrides } from '../../../scenarios/loader/overrides.ts';
import type { Overrides } from '../../../scenarios/loader/overrides.ts';
import type { ResolvedScenario } from '../../../scenarios/resolved.ts';
import { errorLines, load, noMeasures } from '../scenario-folder.ts';
import { shortPlatformNames } from '../../../scenarios/platforms/table.ts';

const none: Overrides = { platforms: [], measures: [], samples: null, accel: null };

function scenario(): ResolvedScenario {
  return load(`name: s
workload: tiny
limits: { memory: 96MiB }
platforms: [process, runc, { id: guest, runner: qemu, machine: pc }]
measures: { startup: {}, stop: { samples: 4 }, image: {} }
gates:
  - { metric: startup.ready, platform: runc, over: process, max: 2 }
  - { metric: stop.kill, platform: runc, max: 1s }
  - { metric: image.transfer, platform: guest, max: 200MiB }
`);
}

const ids = ({ platforms }: ResolvedScenario): string[] => platforms.map((platform) => platform.id);
const gates = (changed: ResolvedScenario): string[] => changed.gates.map((gate) => gate.id);

it('without overrides the scenario stays as it is', () => {
  const before = scenario();
  expect(applyOverrides(before, none)).toEqual(before);
});

describe('platforms', () => {
  it("keeps the named ones in the scenario's order and drops gates on the others", () => {
    const changed = applyOverrides(scenario(), { ...none, platforms: ['guest', 'process'] });
    expect(ids(changed)).toEqual(['process', 'guest']);
    expect(changed.baseline).toBe('process');
    expect(gates(changed)).toEqual(['image.transfer guest']);
  });

  it('drops a ratio gate whose other side is gone, and takes another baseline', () => {
    const changed = applyOverrides(scenario(), { ...none, platforms: ['guest', 'runc'] });
    expect(changed.baseline).toBe('runc');
    expect(gates(changed)).toEqual(['stop.kill runc', 'image.transfer guest']);
  });

  it("adds a short name that the scenario does not list, with the scenario's limits", () => {
    const changed = applyOverrides(scenario(), { ...none, platforms: ['process', 'crun', 'crun'] });
    expect(changed.platforms[1]).toEqual({
      id: 'crun',
      runner: 'oci',
      required: false,
      startDelayMs: 0,
      limits: { cpus: 1, memoryBytes: 96 * 2 ** 20 },
      launch: { command: ['/bin/busybox', 'sh', '/srv/serve', '8080'], environment: {} },
      options: { runtime: 'crun' },
    });
    expect(changed.platforms).toHaveLength(2);
  });

  it('refuses to add a VM that could not boot within them', () => {
    const small = load('name: s\nworkload: tiny\nlimits: { memory: 16MiB }\nplatforms: [process]\n');
    expect(errorLines(() => applyOverrides(small, { ...none, platforms: ['vm'] }))).toEqual([
      'platform vm of scenario s: a VM cannot start in 16MiB of memory; expected at least 80MiB',
    ]);
  });
});

it('keeps the named measures and drops the gates on the others', () => {
  const changed = applyOverrides(scenario(), { ...none, measures: ['stop'] });
  expect(changed.measures).toEqual({
    ...noMeasures,
    stop: { samples: 4 },
  });
  expect(gates(changed)).toEqual(['stop.kill runc']);
});

it('samples apply to every measure that has samples, the accelerator to every VM', () => {
  const changed = applyOverrides(scenario(), { ...none, samples: 3, accel: 'tcg' });
  expect(changed.measures).toEqual({
    ...noMeasures,
    startup: { samples: 3, stopping: null, pageCache: 'warm', idleCpus: 'poll' },
    stop: { samples: 3 },
    image: {},
  });
  expect(changed.platforms.map((platform) => platform.options)).toMatchObject([
    {},
    { runtime: 'runc' },
    { machine: 'pc', guest: 'minimal', accel: 'tcg' },
  ]);
});

it('names everything that is unknown, and what there is', () => {
  const known = [...new Set(['process', 'runc', 'guest', ...shortPlatformNames])].join(', ');
  const overrides = { ...none, platforms: ['gest', 'x'], measures: ['memory', 'startp'], samples: 0 };
  expect(errorLines(() => applyOverrides(scenario(), overrides))).toEqual([
    'samples: expected a whole number of at least 1, found 0',
    `unknown platform "gest" for scenario s; did you mean "guest"? known here: ${known}`,
    `unknown platform "x" for scenario s; known here: ${known}`,
    'measure "memory" is not measured in scenario s; known here: startup, image, stop',
    'measure "startp" is unknown in scenario s; did you mean "startup"? known here: startup, image, stop',
  ]);
});
