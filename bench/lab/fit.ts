/** Whether this machine can run the lab that is asked for, and on what. */
import { readFile, statfs } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { run } from '../../runners/machine/command.ts';
import type { LabClock } from '../../runners/lab/arguments.ts';
import type { LabSuite } from '../../runners/lab/system.ts';
import { probeKvm, qemuVersion, type KvmFacts } from '../../runners/qemu/probe.ts';
import { qemuProgram } from '../../runners/qemu/vm/vm.ts';
import type { ResolvedScenario } from '../../scenarios/resolved.ts';
import type { AccelChoice } from '../../scenarios/schema/allowed-words.ts';
import { memAvailable } from '../../runners/machine/meminfo.ts';
import type { CommandContext } from '../environment/context.ts';
import { exitCodes, TareError } from '../environment/errors.ts';
import { probeContext } from '../run/run.ts';

/** What a person asks of the lab itself. */
export interface LabChoice {
  suite: LabSuite;
  cpus: number;
  memoryBytes: number;
  accel: AccelChoice;
  clock: LabClock;
}

export const defaultMemoryBytes = 1536 * 2 ** 20;
/** The lab's own system, Tare inside, and room for page cache. */
const ownMemoryBytes = 512 * 2 ** 20;
/** QEMU beside the guest's memory, its cache of translated code above all. */
const vmmMemoryBytes = 384 * 2 ** 20;
/** For the lab's disk, what it is given, and what a session writes. */
const diskBytes = 3 * 2 ** 30;

export function defaultLabCpus(): number {
  return availableParallelism();
}

interface Machine {
  accel: 'kvm' | 'tcg';
  /** QEMU's version. */
  vmm: string;
  kvm: KvmFacts;
}

/** @throws TareError (exit 3) where there is no QEMU, or not what was asked for */
export async function chooseAccel(choice: LabChoice, context: CommandContext): Promise<Machine> {
  const unfit = (reason: string): TareError =>
    new TareError(`the lab cannot run here: ${reason}`, exitCodes.unfit);
  if (process.getuid?.() !== 0) throw unfit('it must be started as root, since building its disk needs root');
  if (process.arch !== 'x64') throw unfit(`it is made for x86-64, and this machine is ${process.arch}`);
  const vmm = await qemuVersion();
  if (vmm === null) {
    throw unfit(
      `${qemuProgram} is not installed\n  Run "tare doctor --fix", or: apt-get install qemu-system-x86`,
    );
  }
  const kvm = await outerKvm(choice, context);
  if (kvm.usable) return { accel: 'kvm', vmm, kvm };
  if (choice.accel === 'kvm') throw unfit(`--accel kvm needs KVM, but ${kvm.reason}`);
  const { stdout } = await run(qemuProgram, ['-accel', 'help']);
  if (!/^tcg$/m.test(stdout)) throw unfit(`${kvm.reason}, and this QEMU has no TCG to emulate a processor`);
  const { stdout: flags } = await run(qemuProgram, ['-cpu', 'help']);
  if (!/\bsvm\b/.test(flags) || !/\bnpt\b/.test(flags)) {
    throw unfit(`${kvm.reason}, and this QEMU does not emulate AMD's virtualization (svm, npt)`);
  }
  return { accel: 'tcg', vmm, kvm };
}

/** KVM serves for a lab only where its guests may use KVM themselves. */
async function outerKvm(choice: LabChoice, context: CommandContext): Promise<KvmFacts> {
  if (choice.accel === 'tcg' || choice.clock === 'virtual') {
    const reason = choice.clock === 'virtual' ? 'only TCG counts instructions' : 'TCG is asked for';
    return { present: false, usable: false, backend: null, reason };
  }
  const kvm = await probeKvm(probeContext(context));
  if (!kvm.usable) return kvm;
  const file = `/sys/module/${kvm.backend ?? ''}/parameters/nested`;
  const nested = (await readFile(file, 'utf8').catch(() => '')).trim();
  if (['1', 'Y'].includes(nested)) return kvm;
  return { ...kvm, usable: false, reason: `KVM here lets guests have no KVM of their own (${file})` };
}

/**
 * @param scenario null: nothing is run but a shell
 * @throws TareError (exit 3) where memory or disk are too small, inside or outside
 */
export async function checkFit(
  choice: LabChoice,
  scenario: ResolvedScenario | null,
  { folders }: CommandContext,
): Promise<void> {
  const limits = (scenario?.platforms ?? []).map((platform) => platform.limits.memoryBytes);
  const largest = Math.max(0, ...limits);
  if (choice.memoryBytes < largest + ownMemoryBytes) {
    throw new TareError(
      `the lab is too small: an instance may use ${mib(largest)}, and the lab has ` +
        `${mib(choice.memoryBytes)}\n  Give it at least --lab-memory ${mib(largest + ownMemoryBytes)}.`,
      exitCodes.unfit,
    );
  }
  const available = await memAvailable();
  if (available < choice.memoryBytes + vmmMemoryBytes) {
    throw new TareError(
      `too little memory for the lab: it needs ${mib(choice.memoryBytes + vmmMemoryBytes)}, and ` +
        `${mib(available)} are available\n  Free some, or give the lab less with --lab-memory.`,
      exitCodes.unfit,
    );
  }
  const { bavail, bsize } = await statfs(folders.cache);
  if (bavail * bsize < diskBytes) {
    throw new TareError(
      `too little disk for the lab: it needs ${mib(diskBytes)} in ${folders.cache}, and ${mib(bavail * bsize)} are free\n` +
        '  Free some, or choose another folder with --cache-dir.',
      exitCodes.unfit,
    );
  }
}

function mib(bytes: number): string {
  return `${Math.floor(bytes / 2 ** 20)}MiB`;
}
