/** Builds a Containerfile with buildah. Its storage lies in the build's own folder: the user's images are not touched. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../machine/command.ts';
import { mostOf } from '../../machine/resource-limits.ts';
import type { ContainerfileSource } from './source.ts';

/** @returns `sha256:…` of the image's configuration. Throws a CommandError where it cannot. */
export async function buildWithBuildah(
  source: ContainerfileSource,
  layout: string,
  work: string,
  signal: AbortSignal,
): Promise<string> {
  // vfs mounts nothing, so that nothing can be left mounted.
  const storage = [
    '--storage-driver',
    'vfs',
    '--root',
    join(work, 'storage'),
    '--runroot',
    join(work, 'state'),
  ];
  const idFile = join(work, 'id');
  const options = { signal, env: { TMPDIR: work } };
  await run(
    'buildah',
    [
      ...storage,
      'build',
      // Instructions run in a chroot: it needs no container runtime that agrees with this machine.
      ...['--isolation', 'chroot', '--iidfile', idFile, '--file', source.file],
      ...(await buildLimits()),
      ...Object.entries(source.arguments).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
      ...(source.target === null ? [] : ['--target', source.target]),
      source.context,
    ],
    options,
  );
  const id = (await readFile(idFile, 'utf8')).trim();
  const bare = id.replace('sha256:', '');
  await run(
    'buildah',
    [...storage, 'push', '--quiet', '--disable-compression', bare, `oci:${layout}:image`],
    options,
  );
  return `sha256:${bare}`;
}

/** Newer ones ask for a million open files and processes by themselves, and fail where that may not be handed out. */
export async function buildLimits(): Promise<string[]> {
  const wanted = 2 ** 20;
  const files = Math.min(wanted, await mostOf('openFiles'));
  const processes = Math.min(wanted, await mostOf('processes'));
  return [`nofile=${files}:${files}`, `nproc=${processes}:${processes}`].flatMap((limit) => [
    '--ulimit',
    limit,
  ]);
}
