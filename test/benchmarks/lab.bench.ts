/** What the lab costs: until its first command, until a KVM guest inside has its init, its disk and its memory. */
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultLabCpus, defaultMemoryBytes } from '../../bench/lab/fit.ts';
import { labEngine } from '../../bench/lab/engine.ts';
import { probeContext } from '../../bench/run.ts';
import { labBase } from '../../runners/lab/base.ts';
import { monotonicMs } from '../../runners/host/clock.ts';
import { readRollup } from '../../runners/host/smaps.ts';
import { loadScenario } from '../../scenarios/load.ts';
import { applyOverrides } from '../../scenarios/overrides.ts';
import { testContext } from '../support/context.ts';
import { makeSandbox, sharedCache } from '../support/tare.ts';
import type { BenchRow } from './row.ts';

const lookMs = 1000;

/** One run of tiny with everything in the cache; Tare must be built, since the lab takes it along. */
export async function benchLab(): Promise<BenchRow[]> {
  const box = await makeSandbox();
  try {
    const base = testContext(box.folder);
    await mkdir(sharedCache, { recursive: true });
    const at = { starts: NaN, says: NaN };
    const log = {
      ...base.log,
      progress: (message: string) => {
        if (message.startsWith('starting the lab')) at.starts = monotonicMs();
      },
      debug: (message: string) => {
        if (message === 'the lab runs') at.says = monotonicMs();
      },
    };
    const context = { ...base, log, folders: { ...base.folders, cache: sharedCache } };
    const platforms = ['process', 'runc', 'crun', 'vm', 'microvm'];
    const scenario = applyOverrides(loadScenario('tiny', { cwd: box.folder }), {
      ...{ platforms, measures: [], samples: 1, accel: null },
    });
    const choice = { cpus: defaultLabCpus(), memoryBytes: defaultMemoryBytes } as const;
    const engine = labEngine({ ...choice, accel: 'auto', clock: 'real' });
    const memory = watchMemory();
    const options = { folder: join(box.folder, 'run'), seed: 1, onRecord: () => Promise.resolve() };
    const record = await engine(scenario, options, context).finally(memory.stop);
    const phases = ['launch', 'firmware', 'kernel', 'initrd'].map((phase) => {
      const name = `startup.phase.${phase}`;
      const found = record.results.find(({ platform, metric }) => platform === 'vm' && metric === name);
      if (found?.summary.median == null) throw new Error(`the VM in the lab has no ${name}`);
      return found.summary.median;
    });
    const mebibytes = (bytes: number): number => bytes / 2 ** 20;
    const { allocatedBytes } = await labBase(probeContext(context));
    return [
      {
        name: 'lab from cached disk to first command',
        value: at.says - at.starts,
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
    await box.remove();
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
