/** Why a VM did not do what it should, from everything that was seen of it. */
import type { Diagnosis, Exit } from '../../runner.ts';
import type { GuestMark } from './control.ts';
import { startFailure, type NotStarted } from '../../shared/start-program.ts';

/** What was noticed while the VM ran. */
export interface VmObservations {
  accel: 'kvm' | 'tcg';
  watchdogMs: number;
  /** The guest kernel's own lines, as it printed them. */
  panicLine: string | null;
  outOfMemoryLine: string | null;
  /** Told by the guest's first program: why it gave up. */
  guestFailure: string | null;
  /** Why a clone could not be restored. */
  restoreFailure: string | null;
  /** Told by the program that was to become the workload. */
  notStarted: NotStarted | null;
  /** Told by the guest's first program: how the workload ended. */
  workloadExit: number | null;
  /** The guest switched itself off or restarted (QMP event SHUTDOWN). */
  guestEnded: boolean;
  /** What the full guest's systemd says on the console of the first unit that it could not start. */
  failedUnitLine: string | null;
  /** The last mark that the guest itself has told; null: nothing was heard of its first program. */
  lastMark: GuestMark | null;
  /** The boot watchdog has ended the VM. */
  watchdogFired: boolean;
  /** QEMU's end; null while it runs. */
  exit: Exit | null;
  /** Last text on QEMU's standard error. */
  complaint: string;
  /** Last lines on the guest's console. */
  consoleTail: readonly string[];
  /** Last lines that the workload printed. */
  outputTail: readonly string[];
}

/** How long a guest may take from the start of QEMU to its first program before it counts as hung. */
function bootWatchdogMs(accel: 'kvm' | 'tcg', emulatedHost: boolean): number {
  return accel === 'kvm' && !emulatedHost ? 20_000 : 180_000;
}

export function nothingSeen(accel: 'kvm' | 'tcg', emulatedHost: boolean): VmObservations {
  return {
    accel,
    watchdogMs: bootWatchdogMs(accel, emulatedHost),
    panicLine: null,
    outOfMemoryLine: null,
    guestFailure: null,
    restoreFailure: null,
    notStarted: null,
    workloadExit: null,
    guestEnded: false,
    failedUnitLine: null,
    lastMark: null,
    watchdogFired: false,
    exit: null,
    complaint: '',
    consoleTail: [],
    outputTail: [],
  };
}

const panicPattern = /\[ *\d+\.\d+\] (Kernel panic - not syncing: .*)/;
const outOfMemoryPattern = /\[ *\d+\.\d+\] (Out of memory: Killed process .*)/;

/** systemd colours the word; where another unit is to blame for a failure, it says DEPEND instead. */
const failedUnitPattern = /^\[[^A-Z]*FAILED[^\]]*\] (.*)/;

/** Keeps the guest kernel's verdicts; a workload that prints such words without the kernel's time stamp is ignored. */
export function observeConsoleLine(line: string, seen: VmObservations): void {
  seen.panicLine ??= panicPattern.exec(line)?.[1] ?? null;
  seen.outOfMemoryLine ??= outOfMemoryPattern.exec(line)?.[1] ?? null;
  seen.failedUnitLine ??= failedUnitPattern.exec(line)?.[1] ?? null;
}

/** Null: nothing wrong was seen. */
export function diagnoseVm(seen: VmObservations): Diagnosis | null {
  if (seen.panicLine !== null)
    return { code: 'guest-panic', message: `the guest's kernel panicked: ${seen.panicLine}` };
  if (seen.outOfMemoryLine !== null) {
    return { code: 'out-of-memory', message: `the guest ran out of memory: ${seen.outOfMemoryLine}` };
  }
  if (seen.guestFailure !== null) {
    return { code: 'start-failed', message: `the guest's init gave up: ${seen.guestFailure}` };
  }
  if (seen.restoreFailure !== null) {
    return { code: 'start-failed', message: `the snapshot could not be restored: ${seen.restoreFailure}` };
  }
  if (seen.notStarted !== null) return { code: 'start-failed', message: startFailure(seen.notStarted) };
  if (seen.workloadExit !== null) {
    const { outputTail: lines } = seen;
    const last = lines.length === 0 ? '' : `; last lines:\n  ${lines.join('\n  ')}`;
    return { code: 'exited', message: `the workload ended with ${exitWords(seen.workloadExit)}${last}` };
  }
  if (seen.watchdogFired) {
    return {
      code: 'boot-hang',
      message: `the guest's first program did not run within ${seen.watchdogMs / 1000} s under ${seen.accel}${lastWords(seen)}`,
    };
  }
  if (seen.exit !== null) {
    const how = seen.exit.signal === null ? `with exit code ${seen.exit.code}` : `by ${seen.exit.signal}`;
    const why = seen.complaint === '' ? '' : `: ${seen.complaint}`;
    if (seen.guestEnded) return { code: 'exited', message: 'the guest switched itself off or restarted' };
    return { code: 'vmm-died', message: `QEMU ended ${how}${why}` };
  }
  if (seen.lastMark === null) {
    return {
      code: 'not-ready',
      message:
        `the time for \`ready\` was over while the guest still booted under ${seen.accel}: its first program has not run yet; ` +
        `give it more (\`ready: { timeout }\`)${lastWords(seen)}`,
    };
  }
  if (seen.lastMark === 'exec') return null;
  if (seen.failedUnitLine !== null) {
    return { code: 'start-failed', message: `the guest's system gave up: ${seen.failedUnitLine}` };
  }
  return {
    code: 'not-ready',
    message:
      `the time for \`ready\` was over while the guest still booted under ${seen.accel}: it has come to the mark ` +
      `${seen.lastMark} and not to its workload; give it more (\`ready: { timeout }\`)${lastWords(seen)}`,
  };
}

function lastWords({ consoleTail }: VmObservations): string {
  return consoleTail.length === 0 ? '' : `; last on its console: ${consoleTail.join(' | ')}`;
}

/** A shell tells an end by a signal as 128 plus its number. */
function exitWords(code: number): string {
  return code > 128 ? `exit code ${code} (signal ${code - 128})` : `exit code ${code}`;
}
