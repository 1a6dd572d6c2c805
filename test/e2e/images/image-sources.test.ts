/** Payloads from images: a real registry on loopback, and images that are built for the test. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { RunRecord } from '../../../bench/record/schema.ts';
import { run } from '../../../runners/machine/command.ts';
import { buildPayload } from '../../../runners/payload/build-payload.ts';
import { contextOf, isRoot, pathsBelow, temporaryFolder } from '../../runners/payload/trees.ts';
import { bindCapabilityBits, pushOdd } from '../../support/images/odd-image.ts';
import { buildFrom, imageSource } from '../../support/images/payload-sources.ts';
import { login, startRegistry, writeContext, type Registry } from '../../support/images/registry.ts';
import { makeSandbox, tare, type Sandbox } from '../../support/tare.ts';

const tiny = fileURLToPath(new URL('../../../scenarios/workloads/tiny/', import.meta.url));

/** Two layers: the second takes away what the first has, as only a whiteout can. */
const containerfile = `FROM scratch
COPY . /
RUN ["/bin/busybox", "rm", "/srv/leftover"]
ENV GREETING=hello
USER 1234:56
WORKDIR /srv/www
EXPOSE 8080
STOPSIGNAL SIGTERM
ENTRYPOINT ["busybox", "sh", "/srv/serve"]
CMD ["8080"]
`;
/** It answers with what it was started as, and with a digest of the files that it finds. */
const facts = `#!/bin/busybox sh
printf 'Content-Type: text/plain\\r\\n\\r\\n'
echo "greeting=$GREETING"
echo "user=$(busybox id -u):$(busybox id -g)"
echo "home=$HOME"
echo "workdir=$(busybox readlink /proc/$PPID/cwd)"
echo "files=$(busybox sh /srv/list /odd)"
echo "capabilities=$(/odd/busybox-capable sed -n 's/^CapEff:.//p' /proc/self/status)"
`;
/** Kind, mode, owner, number of names, size, device, link and content of everything below a folder. */
const list = `cd "$1" || exit
b=/bin/busybox
{
  $b find . -type d -exec $b stat -c '%N %f %u %g' {} +
  $b find . ! -type d -exec $b stat -c '%N %f %u %g %h %s %t %T' {} +
  $b find . -type f -exec $b sha256sum {} +
} | $b sort | $b sha256sum
`;

let registry: Registry;
let folder = '';
let sandbox: Sandbox;
let digest = '';

beforeAll(async () => {
  if (!isRoot) return;
  folder = await mkdtemp(join(tmpdir(), 'tare-e2e-'));
  sandbox = await makeSandbox();
  registry = await startRegistry();
  await writeTiny(join(folder, 'tiny'), 'ok');
  await registry.push(join(folder, 'tiny'), 'plain:1');
  digest = await pushOdd(registry, { from: 'plain:1', to: 'tiny:1' }, join(folder, 'odd-files'));
});

afterAll(async () => {
  if (!isRoot) return;
  await registry.close();
  await sandbox.remove();
  await rm(folder, { recursive: true, force: true });
});

async function writeTiny(context: string, health: string): Promise<void> {
  const serve = await readFile(join(tiny, 'serve'), 'utf8');
  const files = {
    Containerfile: containerfile,
    'srv/serve': serve,
    'srv/list': list,
    'srv/leftover': '',
    'srv/www/health': `${health}\n`,
    'srv/www/cgi-bin/facts': facts,
  };
  await mkdir(join(context, 'bin'), { recursive: true });
  await writeContext(context, files, { 'bin/busybox': (await run('which', ['busybox'])).stdout });
}

/** A scenario whose payload comes from an image, in the sandbox. */
async function scenario(
  rootfs: Record<string, unknown>,
  platforms: string[],
  workload: Record<string, unknown> = {},
): Promise<string> {
  const file = join(folder, 'scenario.yaml');
  const ready = { by: 'http', path: '/health', body: 'ok' };
  await writeFile(
    file,
    JSON.stringify({
      name: 'image',
      workload: { name: 'image', rootfs, ready, 'facts-path': '/cgi-bin/facts', ...workload },
      limits: { cpus: 1, memory: '128MiB' },
      platforms,
      measures: { startup: { samples: 1 } },
    }),
  );
  return file;
}

async function recordOf(out: string): Promise<RunRecord> {
  return JSON.parse(await readFile(join(out, 'run.json'), 'utf8')) as RunRecord;
}

describe.runIf(isRoot)('an image in a registry', () => {
  const rootfs = (): Record<string, unknown> => ({
    from: 'oci',
    image: `${registry.host}/tiny:1`,
    'tls-verify': false,
  });

  test('starts alike as a process, as a container and as a VM: program, environment, user, folder, port, files', async () => {
    const out = join(folder, 'first');
    const file = await scenario(rootfs(), ['process', 'runc', 'vm']);
    const { code, stderr } = await tare(sandbox, ['run', file, '--out', out]);
    expect(code, stderr).toBe(0);
    const record = await recordOf(out);
    expect(record.failures).toEqual([]);
    expect(record.platforms).toHaveLength(3);
    const odd = join(folder, 'odd-files', 'odd');
    const { stdout: files } = await run('busybox', ['sh', join(folder, 'tiny', 'srv', 'list'), odd]);
    const started = { greeting: 'hello', user: '1234:56', home: '/', workdir: '/srv/www' };
    for (const { inside } of record.platforms) {
      expect(inside).toEqual({ ...started, files, capabilities: bindCapabilityBits });
    }
    expect(record.workload.image).toEqual({ name: `docker://${registry.host}/tiny:1`, digest });
    expect(record.run.scenario).toMatchObject({
      workload: {
        fromImage: ['command', 'environment', 'user', 'workdir', 'port', 'stop-signal'],
        port: 8080,
      },
      platforms: [{ launch: { command: ['/bin/busybox', 'sh', '/srv/serve', '8080'] } }, {}, {}],
    });
    expect(await readFile(join(out, 'report.md'), 'utf8')).toContain(digest);
  });

  test('a tag that has moved: another digest, a comparison that says so, and a run that goes on with the old image', async () => {
    await writeTiny(join(folder, 'moved'), 'ok, moved');
    const moved = await registry.push(join(folder, 'moved'), 'tiny:1');
    expect(moved).not.toBe(digest);
    const out = join(folder, 'second');
    const file = await scenario(rootfs(), ['process']);
    expect((await tare(sandbox, ['run', file, '--out', out])).code).toBe(0);
    expect((await recordOf(out)).workload.image?.digest).toBe(moved);

    const first = join(folder, 'first');
    const compared = await tare(sandbox, ['compare', first, out, '--platform', 'process', '--force']);
    expect(compared.stdout.replaceAll(/\s+/g, ' ')).toContain(digest.slice(0, 19));
    const resumed = await tare(sandbox, ['run', '--resume', first]);
    expect(resumed.code, resumed.stderr).toBe(0);
    expect((await recordOf(first)).workload.image?.digest).toBe(digest);
  });

  test('pinned, it is the one that was asked for, and comes from the cache without a registry', async () => {
    const context = contextOf(await temporaryFolder());
    const pinned = imageSource(`docker://${registry.host}/tiny:1`, { digest });
    const first = await buildPayload(pinned, context);
    expect(first.image?.digest).toBe(digest);
    expect(pathsBelow(first.root)).not.toContain('srv/leftover');
    // By its content alone: there is no registry of that name.
    const again = await buildPayload({ ...pinned, image: 'docker://registry.invalid/tiny:1' }, context);
    expect(again).toEqual({ ...first, buildMs: null });
  });

  test('a login is the user’s own, from the auth file', async () => {
    const closed = await startRegistry({ wantsLogin: true });
    onTestFinished(() => closed.close());
    await closed.push(join(folder, 'tiny'), 'tiny:1');
    const source = imageSource(`docker://${closed.host}/tiny:1`);
    const withoutOne = join(await temporaryFolder(), 'auth.json');
    await writeFile(withoutOne, '{}');
    process.env['REGISTRY_AUTH_FILE'] = withoutOne;
    onTestFinished(() => {
      delete process.env['REGISTRY_AUTH_FILE'];
    });
    await expect(buildFrom(source)).rejects.toThrow(/ refuses docker:.*skopeo login.*REGISTRY_AUTH_FILE/);
    const auth = Buffer.from(`${login.user}:${login.password}`).toString('base64');
    await writeFile(withoutOne, JSON.stringify({ auths: { [closed.host]: { auth } } }));
    expect((await buildFrom(source)).files).toBeGreaterThan(0);
  });

  test('for another processor: said with exit code 3, also when it is one of a list', async () => {
    const other = join(folder, 'other');
    await writeContext(other, { Containerfile: 'FROM scratch\nCOPY file /\nCMD ["/file"]\n', file: '' });
    const manifest = await registry.push(other, 'other:1', ['--platform', 'linux/riscv64']);
    const file = await scenario({ ...rootfs(), image: `${registry.host}/other:1` }, ['process']);
    const { code, stderr } = await tare(sandbox, ['run', file, '--out', join(folder, 'riscv')]);
    expect(code, stderr).toBe(3);
    expect(stderr).toMatch(/is for linux\/riscv64, and this machine is linux\//);

    await pushList('other', 'list', manifest);
    await expect(buildFrom(imageSource(`docker://${registry.host}/other:list`))).rejects.toThrow(
      /is for linux\/riscv64/,
    );
  });

  test('without a command: exit code 2 and the key that would help', async () => {
    const silent = join(folder, 'silent');
    await writeContext(silent, { Containerfile: 'FROM scratch\nCOPY data /\nEXPOSE 80\n', data: '' });
    await registry.push(silent, 'silent:1');
    const file = await scenario({ ...rootfs(), image: `${registry.host}/silent:1` }, ['process']);
    const { code, stderr } = await tare(sandbox, ['run', file, '--out', join(folder, 'no-command')]);
    expect(code, stderr).toBe(2);
    expect(stderr).toMatch(/has neither an entrypoint nor a command\. State "command" in the workload/);
  });

  test('that is not there, and a registry that speaks HTTP alone', async () => {
    await expect(buildFrom(imageSource(`docker://${registry.host}/nobody:1`))).rejects.toThrow(
      /has no image .*nobody:1/,
    );
    const strict = imageSource(`docker://${registry.host}/tiny:1`, { tlsVerify: true });
    await expect(buildFrom(strict)).rejects.toThrow(/speaks HTTP, not HTTPS.*"tls-verify: false"/s);
  });

  /** A list of images for several processors that has one only. */
  async function pushList(name: string, tag: string, manifest: string): Promise<void> {
    const type = 'application/vnd.oci.image.index.v1+json';
    const url = `http://${registry.host}/v2/${name}/manifests`;
    const found = await fetch(`${url}/${manifest}`, {
      headers: { accept: 'application/vnd.oci.image.manifest.v1+json' },
    });
    const { length: size } = await found.text();
    const mediaType = found.headers.get('content-type');
    const platform = { os: 'linux', architecture: 'riscv64' };
    const list = {
      schemaVersion: 2,
      mediaType: type,
      manifests: [{ mediaType, size, digest: manifest, platform }],
    };
    const answer = await fetch(`${url}/${tag}`, {
      method: 'PUT',
      headers: { 'content-type': type },
      body: JSON.stringify(list),
    });
    expect(answer.status).toBe(201);
  }
});

describe.runIf(isRoot)('the same files from elsewhere', () => {
  test('layouts and archives give the payload that the registry gives, and keep what they are pinned to', async () => {
    const pinned = imageSource(`docker://${registry.host}/tiny:1`, { digest });
    const expected = await buildFrom(pinned);
    const copies = await temporaryFolder();
    const from = `docker://${registry.host}/tiny@${digest}`;
    const found: (string | undefined)[] = [];
    for (const to of [
      `oci:${copies}/layout:name`,
      `oci-archive:${copies}/oci.tar`,
      `docker-archive:${copies}/docker.tar:tiny:1`,
    ]) {
      await run('skopeo', ['copy', '--quiet', '--src-tls-verify=false', from, to]);
      const payload = await buildFrom(imageSource(to));
      expect(payload.digest).toBe(expected.digest);
      expect(payload.image?.config).toEqual(expected.image?.config);
      found.push(payload.image?.digest);
    }
    // An image keeps its id, whatever it is packed in.
    expect(new Set(found.slice(0, 2)).size).toBe(1);
    const other = imageSource(`oci:${copies}/layout:name`, { digest: `sha256:${'0'.repeat(64)}` });
    await expect(buildFrom(other)).rejects.toThrow(/is now sha256:[0-9a-f]+, and sha256:0+ was asked for/);
  });

  test('a Containerfile is built apart from the user’s own images, and its payload is the registry’s', async () => {
    const before = await run('buildah', ['images', '--all', '--quiet']);
    const context = join(folder, 'tiny');
    const payload = await buildFrom({
      from: 'containerfile',
      context,
      file: join(context, 'Containerfile'),
      arguments: {},
      target: null,
      builder: 'buildah',
      files: [],
      remove: [],
    });
    const pushed = imageSource(`docker://${registry.host}/plain:1`);
    expect(payload.digest).toBe((await buildFrom(pushed)).digest);
    expect(payload.image?.config).toMatchObject({ user: '1234:56', tcpPorts: [8080] });
    expect(await run('buildah', ['images', '--all', '--quiet'])).toEqual(before);
  });
});
