/** What the lab costs: until its first command, until a KVM guest inside has its init, its disk and its memory. */
import { readdir, readFile } from 'node:fs/promises';
import { probeContext } from '../../../bench/run/run.ts';
import { labBase } from '../../../runners/lab/base.ts';
import { readRollup } from '../../../runners/machine/smaps.ts';
import { openLabStage, summaryOf } from './lab-stage.ts';
import type { BenchRow } from '../row.ts';

const lookMs = 1000;

/** One run of tiny with everything in the cache; Tare must be built, since the lab takes it along. */
export async function benchLab(): Promise<BenchRow[]> {
  const stage = await openLabStage();
  try {
    const memory = watchMemory();
    const platforms = ['process', 'runc', 'crun', 'vm', 'microvm'];
    const run = stage.run(stage.scenario('tiny', { platforms, measures: [], samples: 1 }), 'real');
    const { record, bootMs } = await run.finally(memory.stop);
    const phases = ['launch', 'firmware', 'kernel', 'initrd'].map(
      (phase) => summaryOf(record, 'vm', `startup.phase.${phase}`).median ?? NaN,
    );
    const mebibytes = (bytes: number): number => bytes / 2 ** 20;
    const { allocatedBytes } = await labBase('bookworm', probeContext(stage.context));
    return [
      {
        name: 'lab from cached disk to first command',
        value: bootMs,
        unit: 'ms',
        atMost: 25_000,
      },
      {
        name: 'KVM guest on q35 in the lab, to its init',
        value: phases.reduce((sum, each) => sum + each, 0),
        ...{ unit: 'ms', atMost: 10_000 },
      },
      {
        name: "lab's disk, allocated",
        value: mebibytes(allocatedBytes),
        unit: 'MiB',
        atMost: 1430,
      },
      {
        name: "lab's QEMU at most, PSS, tiny",
        value: mebibytes(memory.mostBytes()),
        unit: 'MiB',
        atMost: 2048,
      },
    ];
  } finally {
    await stage.close();
  }
}

/** Looks every second at the PSS of the QEMUs that this process has started. */
function watchMemory(): { mostBytes: () => number; stop: () => void } {
  let most = 0;
  const timer = setInterval(() => {
    void qemuPssBytes().then((bytes) => {
      most = Math.max(most, bytes);
    });
  }, lookMs);
  return {
    mostBytes: () => most,
    stop: () => {
      clearInterval(timer);
    },
  };
}

async function qemuPssBytes(): Promise<number> {
  let sum = 0;
  for (const thread of await readdir('/proc/self/task')) {
    const children = await readFile(`/proc/self/task/${thread}/children`, 'utf8').catch(() => '');
    for (const pid of children.split(' ').filter(Boolean)) {
      const command = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '');
      if (command.startsWith('qemu-system')) sum += (await readRollup(Number(pid)))?.pssBytes ?? 0;
    }
  }
  return sum;
}
