/** What keeps an image from being built, in words for a person: place, what is wrong, what would be right. */
import { exitCodes, KnownError, type ExitCode } from '../../scenarios/known-error.ts';
import { CommandError } from '../machine/command.ts';

export class ImageError extends KnownError {
  declare readonly remedy: string;

  constructor(problem: string, remedy: string, options: ErrorOptions & { exitCode?: ExitCode } = {}) {
    super(`${problem}. ${remedy}`, options.exitCode ?? exitCodes.failed, { ...options, remedy });
  }
}

/** An image that this machine cannot run, whatever its owner does: built for another processor. */
export class UnfitImageError extends ImageError {
  constructor(problem: string, remedy: string, options: ErrorOptions = {}) {
    super(problem, remedy, { ...options, exitCode: exitCodes.unfit });
  }
}

/** An image that does not say what is needed; the workload can. */
export class IncompleteImageError extends ImageError {
  constructor(problem: string, remedy: string, options: ErrorOptions = {}) {
    super(problem, remedy, { ...options, exitCode: exitCodes.usage });
  }
}

/** Debian packages of the programs that build and pack. */
const packageOf: Readonly<Record<string, string>> = {
  mmdebstrap: 'mmdebstrap',
  setpriv: 'util-linux',
  unshare: 'util-linux',
  getfattr: 'attr',
  tar: 'tar',
  pigz: 'pigz',
  zstd: 'zstd',
  xz: 'xz-utils',
  fallocate: 'util-linux',
  mke2fs: 'e2fsprogs',
  debugfs: 'e2fsprogs',
  'mkfs.fat': 'dosfstools',
  mmd: 'mtools',
  mcopy: 'mtools',
  syslinux: 'syslinux',
  sfdisk: 'fdisk',
  'qemu-img': 'qemu-utils',
  cp: 'coreutils',
  docker: 'docker.io',
};

/** The ImageError that says a program is not there. */
export function missingProgram(program: string, cause: unknown): ImageError {
  return new ImageError(
    `The program ${program} is not installed`,
    `Install it (Debian: apt-get install ${packageOf[program] ?? program}) or run "tare doctor --fix".`,
    { cause },
  );
}

/**
 * Tells a full disk, a missing program and a path that is too long from everything else, which is returned as it is.
 * `folder` is where the bytes were to go.
 */
export function explain(error: unknown, folder: string): unknown {
  if (error instanceof CommandError && error.isMissing) return missingProgram(error.program, error);
  if (isDiskFull(error)) {
    return new ImageError(
      `The disk of the cache ${folder} is full`,
      'Free some space, choose another folder with --cache-dir, or empty the cache with "tare clean --all".',
      { cause: error },
    );
  }
  if (isTooLong(error)) {
    return new ImageError(
      'The payload has a path of more than 4096 characters, which no program can open',
      'Add the deepest folders to the workload\'s "remove", or take them out of the source.',
      { cause: error },
    );
  }
  return error;
}

function isTooLong(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const said = error instanceof CommandError && error.stderr.includes('File name too long');
  return said || (error as NodeJS.ErrnoException).code === 'ENAMETOOLONG';
}

/** By the error's code, or by what the program or the call said. tar calls it a short write. */
export function isDiskFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, stderr, message } = error as NodeJS.ErrnoException & { stderr?: unknown };
  if (code === 'ENOSPC' || code === 'EDQUOT') return true;
  return diskFull.test(typeof stderr === 'string' ? stderr : message);
}

const diskFull =
  /No space left on device|not have enough free space|Could not allocate block|Wrote only \d+ of \d+ bytes/i;
