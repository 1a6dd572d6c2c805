/** Installs Debian packages into an empty folder with mmdebstrap. */
import { mkdir, rm } from 'node:fs/promises';
import { ImageError, isDiskFull, missingProgram } from '../error.ts';
import type { DebianSource } from './source.ts';
import { drain, ProgramError, withPrograms } from '../stream.ts';

/**
 * @param root does not exist yet; the folder around it must be of the build's own
 * @throws ImageError that tells no network, unknown package and unknown suite apart
 */
export async function installDebian(
  source: Pick<DebianSource, 'suite' | 'variant' | 'packages' | 'mirror'>,
  root: string,
  signal: AbortSignal,
): Promise<void> {
  const args = [
    '--mode=root',
    '--format=directory',
    `--variant=${source.variant}`,
    // What is killed is built again from nothing, so dpkg need not flush every file: a quarter of the time.
    '--dpkgopt=force-unsafe-io',
    // One lost connection among hundreds of downloads is no reason to give up.
    '--aptopt=Acquire::Retries "3"',
    // The downloaded packages tell the versions where nothing is configured; normalising removes them.
    ...(source.variant === 'extract' ? ['--skip=cleanup/apt/cache'] : []),
    ...(source.packages.length > 0 ? [`--include=${source.packages.join(',')}`] : []),
    source.suite,
    root,
    ...(source.mirror === null ? [] : [source.mirror]),
  ];
  // mmdebstrap mounts /proc, /sys and /dev of the new system where it runs, and ends in its own time when asked to. In
  // namespaces of its own its mounts and processes are gone at once, even when the harness itself is killed.
  const enclosed = ['unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc', 'mmdebstrap'];
  // Killed, it leaves its keyring in the folder for temporary files: one beside the root goes with the unfinished build.
  const temporary = `${root}.tmp`;
  const special = { env: { TMPDIR: temporary } };
  const command = ['setpriv', ['--pdeathsig', 'KILL', ...enclosed, ...args], special] as const;
  await mkdir(temporary);
  try {
    await withPrograms([command] as const, signal, async ([mmdebstrap]) => {
      await drain(mmdebstrap.stdout, null);
      await mmdebstrap.finished();
    });
  } catch (error) {
    throw error instanceof ProgramError ? explainInstall(error, source) : error;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

function explainInstall(
  error: ProgramError,
  source: Pick<DebianSource, 'suite' | 'packages' | 'mirror'>,
): Error {
  const missing = /failed to execute (\S+): No such file/.exec(error.stderr)?.[1];
  if (missing !== undefined) return missingProgram(missing, error);
  // Left to explain(): what apt prints beside it ("failed to fetch") would mislead.
  if (isDiskFull(error)) return error;
  const unknown = /Unable to locate package (\S+)/.exec(error.stderr)?.[1];
  if (unknown !== undefined) {
    return new ImageError(
      `Debian ${source.suite} has no package "${unknown}"`,
      'Correct the name in the workload\'s "packages".',
      { cause: error },
    );
  }
  const mirror = source.mirror ?? 'the Debian archive';
  if (/does not have a Release file|404 +Not Found/.test(error.stderr)) {
    return new ImageError(
      `${mirror} has no suite "${source.suite}", or not all of its files`,
      'Correct the workload\'s "suite" or "mirror".',
      { cause: error },
    );
  }
  if (
    /resolv|Could not connect|Unable to connect|Connection (failed|refused|timed out)/i.test(error.stderr)
  ) {
    return new ImageError(
      `${mirror} cannot be reached`,
      'Check the network, or set "mirror" in the workload to one that this machine reaches.',
      { cause: error },
    );
  }
  return new ImageError(
    `mmdebstrap could not install ${source.packages.join(', ')} from ${source.suite}: ${lastLines(error.stderr)}`,
    'Its output is quoted above.',
    { cause: error },
  );
}

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-6).join('\n  ');
}
