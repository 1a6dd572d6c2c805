import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { withImageDefaults } from '../../../../bench/run/prepare/image-defaults.ts';
import { IncompleteImageError } from '../../../../runners/payload/error.ts';
import type { BuiltPayload, SourceImageConfig } from '../../../../runners/payload/payload.ts';
import { loadScenario } from '../../../../scenarios/loader/load.ts';
import type { ResolvedScenario } from '../../../../scenarios/resolved.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const config: SourceImageConfig = {
  entrypoint: ['serve'],
  command: ['${memory:50%}'],
  environment: { PATH: '/opt', SHELL_TEXT: '${HOME}', BOTH: 'image' },
  user: '1000',
  workdir: '/data',
  tcpPorts: [9000],
  stopSignal: 'SIGINT',
  volumes: [],
};

let root = '';

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'tare-test-'));
  await mkdir(join(root, 'opt'));
  await mkdir(join(root, 'etc'));
  await writeFile(join(root, 'etc/passwd'), 'www:x:33:33::/srv/www:/bin/sh\n');
  await writeFile(join(root, 'opt/serve'), '');
  await chmod(join(root, 'opt/serve'), 0o755);
});

afterAll(() => rm(root, { recursive: true }));

const payload = (image: BuiltPayload['image']): BuiltPayload => ({
  digest: '',
  root,
  manifest: '',
  files: 0,
  bytes: 0,
  packages: [],
  buildMs: null,
  image,
});

async function scenario(more: string): Promise<ResolvedScenario> {
  const workload = `workload: { name: w, rootfs: { from: oci, image: shop }, ready: { by: tcp }, ${more} }`;
  const file = join(root, 's.yaml');
  await writeFile(file, `name: s\nplatforms: [process, runc]\nlimits: { memory: 100MiB }\n${workload}\n`);
  return loadScenario(file, { cwd: root });
}

it('fills in what the workload leaves to the image, on every platform, and pins the image', async () => {
  const given = await scenario("environment: { BOTH: 'workload ${memory:50%}' }");
  const filled = await withImageDefaults(given, payload({ digest, config }));
  expect(filled.workload).toMatchObject({
    user: '1000',
    workdir: '/data',
    port: 9000,
    stopSignal: 'SIGINT',
    rootfs: { image: 'docker://shop', digest },
    fromImage: ['command', 'environment', 'user', 'workdir', 'port', 'stop-signal'],
  });
  for (const { launch } of filled.platforms) {
    // What looks like a placeholder in an image is the image's own text.
    expect(launch.command).toEqual(['/opt/serve', '${memory:50%}']);
    expect(launch.environment).toEqual({ PATH: '/opt', SHELL_TEXT: '${HOME}', BOTH: 'workload 50' });
  }
  // As a resumed run does it.
  expect(await withImageDefaults(filled, payload({ digest, config }))).toEqual(filled);
});

it('leaves what the workload states', async () => {
  const given = await scenario(
    "command: [/own, '${port}'], port: 81, user: www, workdir: /w, stop-signal: SIGHUP",
  );
  const { workload, platforms } = await withImageDefaults(given, payload({ digest, config }));
  expect(workload).toMatchObject({ user: 'www', workdir: '/w', port: 81, stopSignal: 'SIGHUP' });
  expect(platforms[0]?.launch.command).toEqual(['/own', '81']);
});

it('an image that says nothing is started as root in /', async () => {
  const silent = { ...config, user: '', workdir: '', stopSignal: '' };
  const { workload } = await withImageDefaults(await scenario(''), payload({ digest, config: silent }));
  expect(workload).toMatchObject({ user: 'root', workdir: '/', stopSignal: 'SIGTERM' });
});

it('says what neither of them says', async () => {
  const silent = { ...config, tcpPorts: [] };
  await expect(withImageDefaults(await scenario(''), payload({ digest, config: silent }))).rejects.toThrow(
    'The image docker://shop exposes no TCP port. State "port" in the workload.',
  );
});

it('without an image nothing changes', async () => {
  const given = await scenario('');
  expect(await withImageDefaults(given, payload(null))).toBe(given);
});

it('refuses a user that the payload does not know, with the key that helps', async () => {
  const unknown = { ...config, user: 'nobody-here:staff' };
  const filling = withImageDefaults(await scenario(''), payload({ digest, config: unknown }));
  await expect(filling).rejects.toBeInstanceOf(IncompleteImageError);
  await expect(filling).rejects.toThrow(
    /wants to run as "nobody-here:staff": The payload has no user "nobody-here".*State "user" in the workload\.$/,
  );
});
