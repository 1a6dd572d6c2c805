/** A real registry of images on loopback, and images that are built for the test. */
import { buildLimits } from '../../../runners/payload/source/buildah.ts';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { run, start } from '../../../runners/machine/command.ts';

export interface Registry {
  /** `127.0.0.1:PORT`. */
  host: string;
  /** Builds a context's Containerfile and pushes it. @returns the digest by which the registry knows it */
  push(context: string, name: string, options?: readonly string[]): Promise<string>;
  /** Pushes `LAYOUT:NAME` of an OCI image layout as it is. @returns its digest likewise */
  pushLayout(image: string, name: string): Promise<string>;
  close(): Promise<void>;
}

/** The one login of a registry that wants one. */
export const login = { user: 'tare', password: 'kept-secret' };
/** The password as `htpasswd -B` writes it. */
const htpasswd = `${login.user}:$2b$04$C2No9Xgz/VqwRQeJz.8Kq.DkCgUksFNG1bIhvqx6i/cvqI6iz5hm2\n`;

export async function startRegistry(options: { wantsLogin?: boolean } = {}): Promise<Registry> {
  const folder = await mkdtemp(join(tmpdir(), 'tare-registry-'));
  const host = `127.0.0.1:${await freePort()}`;
  await writeFile(join(folder, 'htpasswd'), htpasswd);
  const access = { htpasswd: { realm: 'tests', path: join(folder, 'htpasswd') } };
  const config = {
    version: 0.1,
    log: { level: 'error' },
    storage: { filesystem: { rootdirectory: join(folder, 'data') } },
    http: { addr: host },
    ...(options.wantsLogin === true && { auth: access }),
  };
  await writeFile(join(folder, 'config.yml'), JSON.stringify(config));
  const server = start('docker-registry', ['serve', join(folder, 'config.yml')]);
  for (const output of [server.stdout, server.stderr]) output.on('data', () => undefined);
  await untilAnswers(host);
  // A storage of the test's own, and vfs, which mounts nothing.
  const storage = [
    '--storage-driver',
    'vfs',
    '--root',
    join(folder, 'storage'),
    '--runroot',
    join(folder, 'state'),
  ];
  return {
    host,
    async push(context, name, more = []) {
      const build = [
        'build',
        '--quiet',
        '--layers',
        '--isolation',
        'chroot',
        ...(await buildLimits()),
        ...more,
      ];
      const { stdout: id } = await run('buildah', [...storage, ...build, context]);
      const digestFile = join(folder, 'digest');
      const credentials = ['--creds', `${login.user}:${login.password}`];
      const push = ['push', '--quiet', '--tls-verify=false', ...credentials, '--digestfile', digestFile];
      await run('buildah', [...storage, ...push, id.trim(), `docker://${host}/${name}`]);
      return (await run('cat', [digestFile])).stdout.trim();
    },
    async pushLayout(image, name) {
      const digestFile = join(folder, 'digest');
      const options = [
        '--quiet',
        '--dest-tls-verify=false',
        '--preserve-digests',
        '--digestfile',
        digestFile,
      ];
      await run('skopeo', ['copy', ...options, `oci:${image}`, `docker://${host}/${name}`]);
      return (await run('cat', [digestFile])).stdout.trim();
    },
    async close() {
      server.kill();
      await server.gone;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A folder with the files given, executable where they begin with `#!` or are copied from a program. */
export async function writeContext(
  folder: string,
  files: Readonly<Record<string, string>>,
  programs: Readonly<Record<string, string>> = {},
): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), content, { mode: content.startsWith('#!') ? 0o755 : 0o644 });
  }
  for (const [path, program] of Object.entries(programs)) await run('cp', [program, join(folder, path)]);
}

async function untilAnswers(host: string): Promise<void> {
  for (let left = 300; left > 0; left -= 1) {
    const answer = await fetch(`http://${host}/v2/`).catch(() => null);
    if (answer !== null) return;
    await sleep(100);
  }
  throw new Error(`the registry at ${host} does not answer`);
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
