/** Builds a Containerfile with the user's docker, under a name of Tare's own that is taken away again. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { run } from '../../machine/command.ts';
import type { ContainerfileSource } from './source.ts';

/** @returns `sha256:…` of the image's configuration. Throws a CommandError where it cannot. */
export async function buildWithDocker(
  source: ContainerfileSource,
  layout: string,
  work: string,
  signal: AbortSignal,
): Promise<string> {
  const name = `tare-build:${randomBytes(6).toString('hex')}`;
  const archive = join(work, 'image.tar');
  try {
    await run(
      'docker',
      [
        ...['build', '--quiet', '--tag', name, '--file', source.file],
        ...Object.entries(source.arguments).flatMap(([key, value]) => ['--build-arg', `${key}=${value}`]),
        ...(source.target === null ? [] : ['--target', source.target]),
        source.context,
      ],
      { signal },
    );
    const { stdout: id } = await run('docker', ['image', 'inspect', '--format', '{{.Id}}', name], { signal });
    await run('docker', ['save', '--output', archive, name], { signal });
    const copy = ['copy', '--quiet', '--dest-oci-accept-uncompressed-layers', `docker-archive:${archive}`];
    await run('skopeo', ['--tmpdir', work, ...copy, `oci:${layout}:image`], { signal });
    return id.trim();
  } finally {
    // Takes the name away; the layers stay as docker's own cache of builds.
    await run('docker', ['image', 'rm', '--no-prune', name], { accept: [0, 1] }).catch(() => undefined);
  }
}
