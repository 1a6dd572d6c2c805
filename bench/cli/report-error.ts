/** How an error ends the program: what a person is told, and the exit code. */
import type { CommandContext } from '../environment/context.ts';
import { exitCodes, KnownError } from '../../scenarios/known-error.ts';
import { exitCodeOfSignal } from './context-from-process.ts';

export interface ErrorView {
  verbose: boolean;
  /** Null when the error came before the command had one. */
  context: Pick<CommandContext, 'signal' | 'log'> | null;
}

/** Tells the person and returns the exit code. */
export function reportError(error: unknown, stderr: NodeJS.WritableStream, view: ErrorView): number {
  view.context?.log.progress('');
  const signal = view.context?.signal;
  if (signal?.aborted === true) {
    if (view.verbose) stderr.write(`${stackOf(error)}\n`);
    return exitCodeOfSignal(signal.reason);
  }
  const exitCode = knownExitCode(error);
  stderr.write(`tare: ${messageOf(error)}\n`);
  const remedy = remedyOf(error);
  if (remedy !== null) stderr.write(`  ${remedy}\n`);
  if (exitCode === null) {
    stderr.write('This is a bug in tare. ');
    stderr.write(view.verbose ? 'Where it happened:\n' : '-v shows where it happened.\n');
  }
  if (view.verbose) stderr.write(`${stackOf(error)}\n`);
  return exitCode ?? exitCodes.failed;
}

/** Null: nobody foresaw this error. */
function knownExitCode(error: unknown): number | null {
  if (error instanceof KnownError) return error.exitCode;
  if (!(error instanceof Error)) return null;
  // The system refused something (full disk, missing right): Node's message names the call and the path.
  return 'syscall' in error && 'code' in error ? exitCodes.failed : null;
}

const elsewhere =
  'choose another place: --out for results, --cache-dir for the cache, XDG_STATE_HOME and XDG_RUNTIME_DIR for the rest';

/** What helps where the system did not let a file or folder be made. */
function remedyOf(error: unknown): string | null {
  if (!(error instanceof Error) || !('syscall' in error) || !('path' in error)) return null;
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EROFS':
      return `That is on a read-only file system; ${elsewhere}.`;
    case 'EACCES':
    case 'EPERM':
      return `This user may not do that there; ${elsewhere}.`;
    case 'ENOENT':
    case 'ENOTDIR':
      return error.syscall === 'mkdir' ? `No folder can be made there; ${elsewhere}.` : null;
    case 'ENOSPC':
    case 'EDQUOT':
      return `No space is left there; free some, or ${elsewhere}.`;
    case undefined:
    default:
      return null;
  }
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message || error.name;
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
