import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { cgroupPressure } from '../../../../runners/machine/cgroup/pressure.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tare-pressure-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const memory =
  'some avg10=12.50 avg60=1.00 avg300=0.00 total=1\nfull avg10=3.25 avg60=0.00 avg300=0.00 total=1\n';

it('is read for memory and CPU', async () => {
  await writeFile(join(folder, 'memory.pressure'), memory);
  await writeFile(join(folder, 'cpu.pressure'), 'some avg10=80.00 avg60=0.00 avg300=0.00 total=1\n');
  expect(await cgroupPressure(folder)).toEqual({
    memorySomeAvg10: 12.5,
    memoryFullAvg10: 3.25,
    cpuSomeAvg10: 80,
  });
});

it('may be told for memory alone', async () => {
  await writeFile(join(folder, 'memory.pressure'), memory);
  expect(await cgroupPressure(folder)).toMatchObject({ memoryFullAvg10: 3.25, cpuSomeAvg10: null });
});

it('is null where the kernel has none', async () => {
  expect(await cgroupPressure(folder)).toBeNull();
});
