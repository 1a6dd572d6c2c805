/** A run's means and a small payload, for tests that start real virtual machines. */
import { createHash, randomBytes } from 'node:crypto';
import {
  chmod,
  chown,
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRunCgroup } from '../../../runners/machine/cgroup/cgroup.ts';
import { releaseLease } from '../../../runners/machine/lease/release.ts';
import { openLease } from '../../../runners/machine/lease/lease.ts';
import { createRunNetwork } from '../../../runners/machine/network/network.ts';
import type { Payload } from '../../../runners/payload/payload.ts';
import type { QemuOptions } from '../../../runners/qemu/options.ts';
import { qemuRunner } from '../../../runners/qemu/runner.ts';
import type {
  Instance,
  Launch,
  PlatformSpec,
  PreparedPlatform,
  RunContext,
} from '../../../runners/runner.ts';
import { get as httpGet } from '../../runners/machine/local-run.ts';
import { sharedCache } from '../tare.ts';
import { box } from '../../fixtures/launch.ts';

export const guestMemoryBytes = 128 * 1024 * 1024;
/** The defaults of a scenario, under software emulation. */
export const tcgOptions: QemuOptions = {
  machine: 'q35',
  guest: 'minimal',
  firmware: 'seabios',
  start: 'boot',
  accel: 'tcg',
  vcpus: null,
  hugePages: false,
  merge: true,
  diskCache: 'writeback',
  vhostNet: false,
  ...{ kernel: null, initrd: null, disk: null },
  suite: 'bookworm',
  freePageReporting: false,
};
/** Serves the payload's /srv. */
export const httpdLaunch: Launch = {
  command: ['/bin/busybox', 'httpd', '-f', '-p', '8080', '-h', '/srv'],
  environment: {},
  user: 'root',
  workdir: '/',
  box,
  port: 8080,
  stopSignal: 'SIGTERM',
  logMarks: [],
};
/** A whole system takes a minute under emulation on an idle machine. */
const answerMs = 270_000;
const largeBytes = 3_000_000;

export interface VmStage {
  payload: Payload;
  context: RunContext;
  prepare(launch: Launch, options: QemuOptions, memoryBytes?: number): Promise<PreparedPlatform>;
  create(prepared: PreparedPlatform, id: string): Promise<Instance>;
  /** One GET over the tap, from where the prober is; a line feed at the end is dropped. */
  get(instance: Instance, path: string): Promise<string>;
  /** Asks until the workload answers; throws with its log when QEMU ends before, or after some minutes. */
  untilAnswers(instance: Instance): Promise<void>;
  /** What could not be removed. */
  close(): Promise<string[]>;
}

export async function openVmStage(name: string): Promise<VmStage> {
  const runId = `${name}${process.pid}`;
  const folder = await mkdtemp(join(tmpdir(), `tare-e2e-${name}-`));
  const log = { progress: () => undefined, debug: () => undefined, warn: () => undefined };
  const { signal } = new AbortController();
  const payload = await makePayload(join(folder, 'root'));
  const lease = await openLease(join(folder, 'state'), runId);
  const folders = {
    cache: join(folder, 'cache'),
    scratch: join(folder, 'scratch'),
    runtime: join(folder, 'sockets'),
  };
  for (const path of Object.values(folders)) await mkdir(path);
  await shareGuests(folders.cache);
  const cgroup = await createRunCgroup(runId, lease);
  const network = await createRunNetwork(runId, lease);
  const get = async ({ address }: Instance, path: string): Promise<string> => {
    const url = `http://${address.host}:${address.port}${path}`;
    const answer = await httpGet(network.nsPath, url);
    if (answer === null) throw new Error(`no answer from ${url}`);
    return answer;
  };
  const startUntilReady = async (instance: Instance): Promise<void> => {
    await instance.start();
    await untilAnswers(instance, get);
  };
  const run = { runId, signal, log, lease, network, cgroup, folders, cpuset: null };
  const context: RunContext = { ...run, startUntilReady };
  return {
    payload,
    context,
    prepare: (launch, options, memoryBytes) =>
      qemuRunner.prepare(payload, spec(launch, options, memoryBytes), context),
    create: async (prepared, id) => {
      const logs = join(folder, 'logs', id);
      await mkdir(logs, { recursive: true });
      return prepared.create({ id, logs });
    },
    get,
    untilAnswers: (instance) => untilAnswers(instance, get),
    close: async () => {
      const remains = await releaseLease(lease.file, log);
      await rm(folder, { recursive: true, force: true });
      return remains;
    },
  };
}

/** Kernels and systems are built once for all tests; disks are of a stage's own payload. */
export async function shareGuests(cache: string): Promise<void> {
  await mkdir(join(sharedCache, 'guests'), { recursive: true });
  await symlink(join(sharedCache, 'guests'), join(cache, 'guests'));
}

function spec(
  launch: Launch,
  options: QemuOptions,
  memoryBytes = options.guest === 'full' ? 2 * guestMemoryBytes : guestMemoryBytes,
): PlatformSpec<QemuOptions> {
  return { id: 'vm', limits: { cpus: 1.5, memoryBytes }, launch, options };
}

async function untilAnswers(instance: Instance, get: VmStage['get']): Promise<void> {
  const end = { reached: false };
  void instance.exited.then(() => {
    end.reached = true;
  });
  const deadline = Date.now() + answerMs;
  while (!end.reached && Date.now() < deadline) {
    if ((await get(instance, '/index.html').catch(() => '')) !== '') return;
    await sleep(200);
  }
  const said = await readFile(instance.logFile, 'utf8').catch(() => '');
  throw new Error(`no answer: ${JSON.stringify(await instance.diagnose())}\n${said}`);
}

async function makePayload(root: string): Promise<Payload> {
  const folders = ['bin', 'etc', 'proc', 'sys', 'dev', 'tmp', 'srv/seen', 'srv/cgi-bin', 'data'];
  for (const path of folders) await mkdir(join(root, path), { recursive: true });
  await copyFile('/bin/busybox', join(root, 'bin/busybox'));
  await writeFile(join(root, 'etc/passwd'), 'root:x:0:0::/root:/bin/sh\napp:x:1000:1000::/srv:/bin/sh\n');
  await writeFile(join(root, 'etc/group'), 'root:x:0:\napp:x:1000:\nlogs:x:7:app\n');
  await writeFile(join(root, 'srv/index.html'), 'hello\n');
  await writeFile(join(root, "data/odd 'name'"), Buffer.from([0, 255, 10, 13]));
  await writeFile(join(root, 'data/large'), randomBytes(largeBytes));
  const digests = join(root, 'srv/cgi-bin/digests');
  await writeFile(
    digests,
    `#!/bin/busybox sh
printf 'Content-Type: text/plain\\r\\n\\r\\n'
cd / && /bin/busybox find bin etc/passwd etc/group data srv/index.html srv/cgi-bin -type f -exec /bin/busybox sha256sum {} +
`,
  );
  await chmod(digests, 0o755);
  await chown(join(root, 'srv/seen'), 1000, 1000);
  const digest = createHash('sha256')
    .update((await digestsOf(root)).join('\n'))
    .digest('hex');
  return {
    digest: `sha256:${digest}`,
    root,
    manifest: '',
    files: 0,
    bytes: (await stat(join(root, 'bin/busybox'))).size + largeBytes,
    packages: [],
    buildMs: null,
  };
}

/** As `sha256sum` lists them, sorted by line. */
export async function digestsOf(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const lines = files.map(async (file) => {
    const digest = createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
    return `${digest}  ${relative(root, file)}`;
  });
  return (await Promise.all(lines)).sort();
}
