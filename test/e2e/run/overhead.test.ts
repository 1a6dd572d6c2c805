/** The instrument of claim 7: a box that costs a known share is found to, and so is what a filter of system calls costs. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { comparisonSchema } from '../../../bench/record/comparison.ts';
import type { RunRecord } from '../../../bench/record/schema.ts';
import { leftovers } from '../../support/leftovers.ts';
import { writeScenario } from '../../support/scenario-file.ts';
import { makeSandbox, tare, type Sandbox } from '../../support/tare.ts';

/** Of a runtime that throttles its containers. */
const runtimes = fileURLToPath(new URL('../../fixtures/runtimes', import.meta.url));

let box: Sandbox;
beforeAll(async () => {
  box = await makeSandbox();
});
afterAll(async () => {
  expect(await leftovers(box)).toEqual([]);
  await box.remove();
});

/** Of a program that ends by itself. */
async function writeWork(
  name: string,
  command: string[],
  given: { platforms: unknown[]; samples: number; cpus?: number; base?: string; workload?: object },
): Promise<void> {
  await writeScenario(box.folder, name, {
    ...(given.base !== undefined && { base: given.base }),
    workload: {
      command,
      ...{ port: undefined, 'load-path': undefined, 'facts-path': undefined },
      ready: { by: 'exit', status: 0, timeout: '60s' },
      ...given.workload,
    },
    more: { baseline: 'runc', limits: { cpus: given.cpus ?? 1, memory: '64MiB' } },
    platforms: given.platforms,
    measures: { completion: { samples: given.samples } },
  });
}

it('a container that is throttled by a tenth is found to cost a tenth', async () => {
  const held = { id: 'runc', runner: 'oci', runtime: 'runc-held' };
  const taxed = { id: 'taxed', runner: 'oci', runtime: 'runc-taxed' };
  // Its work is a second of CPU time, by the kernel's own account: so much it needs on any machine, however fast.
  await writeWork('tax', ['/usr/bin/perl', '-e', '1 while (times)[0] + (times)[1] < 1'], {
    platforms: [held, taxed],
    samples: 6,
    // Both are held back, so that what else is done on the machine takes nothing from either.
    cpus: 0.5,
    // It has Perl.
    base: 'neighbor',
    workload: { 'push-path': undefined },
  });
  const path = `${runtimes}:${process.env['PATH'] ?? ''}`;
  const args = ['run', 'tax.yaml', '--json', '--out', join(box.folder, 'tax')];
  const { code, stdout, stderr } = await tare(box, args, { PATH: path });
  expect(code, stderr).toBe(0);
  const { comparisons } = JSON.parse(stdout) as RunRecord;
  const work = comparisons.find(
    ({ platform, metric }) => platform === 'taxed' && metric === 'completion.work',
  );
  expect(work?.ratio).toBeGreaterThan(1.08);
  expect(work?.ratio).toBeLessThan(1.12);
  expect(work?.ciLow).toBeGreaterThan(1);
});

it('the filter of system calls costs a program that does nothing else', async () => {
  for (const seccomp of ['none', 'default']) {
    // personality(2): the filter looks at its argument each time. A call that is always allowed the kernel knows by a bitmap.
    await writeWork(seccomp, ['/usr/bin/perl', '-e', 'syscall(135, 0xffffffff) for 1 .. 1500000'], {
      ...{ platforms: ['runc'], samples: 6 },
      // It has Perl.
      base: 'neighbor',
      workload: { seccomp, 'push-path': undefined },
    });
  }
  const args = ['compare', '--ab', 'none.yaml', 'default.yaml', '--json', '--out', 'seccomp'];
  const { code, stdout, stderr } = await tare(box, args);
  expect(code, stderr).toBe(0);
  const { pairs } = comparisonSchema.parse(JSON.parse(stdout));
  // What else is done on the machine makes the work longer, and its CPU time hardly.
  const cpu = pairs[0]?.figures.find(({ metric }) => metric === 'cpu.completion');
  expect(cpu?.ratio?.ciLow).toBeGreaterThan(1);
  expect(cpu?.ratio?.value).toBeLessThan(2);
});
