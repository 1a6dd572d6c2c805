/** Payload and both images from nothing, against mmdebstrap alone with the same packages; network and disk are the same. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monotonicMs } from '../../runners/machine/clock.ts';
import { run } from '../../runners/machine/command.ts';
import { buildPayload } from '../../runners/payload/build-payload.ts';
import { packDisk } from '../../runners/payload/disk/disk.ts';
import { packOciImage } from '../../runners/payload/oci-image/oci-image.ts';
import { loadScenario } from '../../scenarios/loader/load.ts';
import { testContext } from '../support/context.ts';
import type { BenchRow } from './row.ts';

export async function benchColdBuild(scenarioName: string, rounds: number): Promise<BenchRow[]> {
  const { workload } = loadScenario(scenarioName, { cwd: '/' });
  const { rootfs } = workload;
  if (rootfs.from !== 'debian') throw new Error(`${scenarioName} is not made of Debian packages`);
  const times = { tare: [] as number[], mmdebstrap: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    const folder = await mkdtemp(join(tmpdir(), 'tare-bench-'));
    try {
      let beganAt = monotonicMs();
      const { suite, variant, packages } = rootfs;
      await run('mmdebstrap', [
        `--variant=${variant}`,
        `--include=${packages.join(',')}`,
        suite,
        join(folder, 'plain'),
      ]);
      times.mmdebstrap.push(monotonicMs() - beganAt);
      const context = testContext(folder);
      const build = { cache: join(folder, 'cache'), signal: context.signal, log: context.log };
      beganAt = monotonicMs();
      const payload = await buildPayload(workload.rootfs, build);
      await Promise.all([
        packOciImage(payload, { ...workload.launch, ...workload, stopSignal: 'SIGTERM' }, build),
        packDisk(payload, build),
      ]);
      times.tare.push(monotonicMs() - beganAt);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  const least = (values: number[]): number => Math.min(...values);
  return [
    {
      name: `mmdebstrap alone, ${scenarioName}, least of ${rounds}`,
      value: least(times.mmdebstrap),
      unit: 'ms',
      atMost: null,
    },
    {
      name: `payload and both images, ${scenarioName}, least of ${rounds}`,
      value: least(times.tare),
      unit: 'ms',
      atMost: null,
    },
    {
      name: `payload and both images over mmdebstrap, ${scenarioName}`,
      value: least(times.tare) / least(times.mmdebstrap),
      unit: 'ratio',
      atMost: 1.4,
    },
  ];
}
