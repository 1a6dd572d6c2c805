/** The measure throughput, and first its instrument: one second of spinning is one second in each lens. */
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readCpu } from '../../../bench/measures/throughput/cpu-lenses.ts';
import type { RunRecord } from '../../../bench/record/schema.ts';
import { createRunCgroup } from '../../../runners/machine/cgroup/cgroup.ts';
import { openLease } from '../../../runners/machine/lease/lease.ts';
import { releaseLease } from '../../../runners/machine/lease/release.ts';
import { requireProgram } from '../../../runners/machine/programs.ts';
import { createLauncher } from '../../../runners/shared/launch.ts';
import { leftovers } from '../../support/leftovers.ts';
import { writeScenario } from '../../support/scenario-file.ts';
import { spin, type Spun } from '../../support/spinner.ts';
import { makeSandbox, tare, type Sandbox } from '../../support/tare.ts';

let box: Sandbox;
beforeAll(async () => {
  box = await makeSandbox();
});
afterAll(async () => {
  expect(await leftovers(box)).toEqual([]);
  await box.remove();
});

/** To be called after the figure was read. */
async function expectSecond(ms: number, spun: Spun): Promise<void> {
  expect(ms).toBeGreaterThan(0.99 * spun.usedMs);
  expect(ms).toBeLessThan(1.01 * (await spun.countedMs()));
}

it('one second of spinning is one second in each CPU lens', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tare-spin-'));
  const perl = await requireProgram('perl');
  const log = { progress: () => undefined, debug: () => undefined, warn: () => undefined };
  const id = `spin${process.pid}`;
  const lease = await openLease(folder, id);
  try {
    const cgroup = await createRunCgroup(id, lease);
    const engine = join(folder, 'tare-engine');
    await copyFile(perl, engine);
    const read = (): ReturnType<typeof readCpu> => readCpu(cgroup, /^tare-engine$/);
    const launcher = await createLauncher(cgroup.joinFiles());

    const before = await read();
    const inside = await spin(launcher.program, [...launcher.args, perl]);
    const afterInstance = await read();
    await expectSecond(afterInstance.instance - before.instance, inside);
    expect(afterInstance.engine - before.engine).toBe(0);
    // Other programs of the machine are in it, too, so that it is held to this second on a quiet one (npm run bench cpu-lenses).
    expect(afterInstance.machine - before.machine).toBeGreaterThan(0.97 * inside.usedMs);
    await inside.end();

    const outside = await spin(engine, []);
    const afterEngine = await read();
    await expectSecond(afterEngine.engine, outside);
    await outside.end();
  } finally {
    await releaseLease(lease.file, log);
    await rm(folder, { recursive: true, force: true });
  }
});

it('one instance of each platform is saturated, and asked at the same rate', async () => {
  const file = await writeScenario(box.folder, 'load', {
    platforms: ['process', 'runc'],
    measures: {
      throughput: {
        samples: 1,
        duration: '2s',
        'warm-up': { window: '500ms', most: '0s' },
        connections: 2,
        rates: [0.5],
      },
    },
  });
  const { code, stdout, stderr } = await tare(box, ['run', file, '--json', '--out', 'load']);
  expect(code, stderr).toBe(0);
  const record = JSON.parse(stdout) as RunRecord;
  const values = (metric: string, load?: string, lens?: string): number[] =>
    record.results
      .filter((one) => one.metric === metric && one.lens === lens && one.condition['load'] === load)
      .map(({ samples }) => samples.at(-1)?.value ?? Number.NaN);
  expect(values('throughput.rps')).toHaveLength(2);
  for (const rps of values('throughput.rps')) expect(rps).toBeGreaterThan(1);
  const offered = values('throughput.offered', '50 %');
  expect(offered).toHaveLength(2);
  expect(new Set(offered).size).toBe(1);
  for (const load of ['saturation', '50 %']) {
    expect(values('latency.p99', load)).toHaveLength(2);
    const lenses = ['instance', 'engine', 'unclaimed', 'machine'].map((lens) =>
      values('cpu.request', load, lens),
    );
    const [instance = [], engine = [], unclaimed = [], machine = []] = lenses;
    machine.forEach((whole, index) => {
      const parts = [instance, engine, unclaimed].map((part) => part[index] ?? Number.NaN);
      expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(whole, 6);
      expect(parts[0]).toBeGreaterThan(0);
    });
  }
});
