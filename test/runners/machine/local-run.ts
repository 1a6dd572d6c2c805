/** A run without a suite: real lease, folders, cgroup and network, for tests of what uses them. */
import { randomBytes } from 'node:crypto';
import { chmod, copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRunCgroup } from '../../../runners/machine/cgroup/cgroup.ts';
import { releaseLease } from '../../../runners/machine/lease/release.ts';
import { run, start, type RunningCommand } from '../../../runners/machine/command.ts';
import { createLauncher } from '../../../runners/shared/launch.ts';
import { openLease } from '../../../runners/machine/lease/lease.ts';
import type { Log } from '../../../runners/machine/log.ts';
import { createRunNetwork } from '../../../runners/machine/network/network.ts';
import type { Payload } from '../../../runners/payload/payload.ts';
import type { RunContext } from '../../../runners/runner.ts';

export const silentLog: Log = { progress: () => undefined, debug: () => undefined, warn: () => undefined };

export interface LocalRun {
  folder: string;
  state: string;
  context: RunContext;
  /** Releases the lease; answers what could not be removed. */
  close(): Promise<string[]>;
}

export async function openLocalRun(): Promise<LocalRun> {
  const folder = await mkdtemp(join(tmpdir(), 'tare-test-'));
  const runId = randomBytes(4).toString('hex');
  const state = join(folder, 'state');
  const lease = await openLease(state, runId);
  const folders = {
    cache: join(folder, 'cache'),
    scratch: join(folder, 'scratch'),
    runtime: join(folder, 'runtime'),
  };
  for (const path of Object.values(folders)) {
    await lease.add({ kind: 'folder', path });
    await mkdir(path);
  }
  const cgroup = await createRunCgroup(runId, lease);
  const network = await createRunNetwork(runId, lease);
  const context: RunContext = {
    runId,
    signal: new AbortController().signal,
    log: silentLog,
    lease,
    network,
    cgroup,
    folders,
    startUntilReady: () => Promise.reject(new Error('there is no prober here')),
    cpuset: [0],
  };
  return {
    folder,
    state,
    context,
    async close() {
      const remains = await releaseLease(lease.file, silentLog);
      if (remains.length === 0) await rm(folder, { recursive: true, force: true });
      return remains;
    },
  };
}

/** A program in the cgroup, and if given in the network namespace. */
export async function startIn(joinFiles: string[], program: string[]): Promise<RunningCommand> {
  const launcher = await createLauncher(joinFiles);
  const running = start(launcher.program, [...launcher.args, ...program]);
  for (const stream of [running.stdout, running.stderr]) stream.on('data', () => undefined);
  return running;
}

/** Tells what the workload sees, then serves /srv/www. As process 1 of a container it must handle SIGTERM itself. */
const tellAndServe = `echo "uid=$(id -u) gid=$(id -g)"
echo "groups=$(id -G)"
echo "cwd=$(pwd)"
echo "files=$(ulimit -Sn)/$(ulimit -Hn)"
echo "environment=$(cat /proc/self/environ | tr '\\0' ' ')"
echo "address=$(ip -4 -o address show scope global)"
echo 'serving now'
echo 'to stderr' >&2
trap 'kill $!; exit 0' TERM
httpd -f -p 8080 -h /srv/www &
wait
`;

/** A digest of every file of the payload as the workload sees it. */
const digests = `#!/bin/busybox sh
printf 'Content-Type: text/plain\\r\\n\\r\\n'
cd / && /bin/busybox find bin etc srv -type f -exec /bin/busybox sha256sum {} +
`;

const scripts: Record<string, string> = {
  'serve.sh': tellAndServe,
  'exit.sh': 'echo "that was all"\nexit 3\n',
  'eat.sh': 'tail -n 1 /dev/zero\n',
  'deaf.sh': "trap '' TERM\nhttpd -f -p 8080 -h /srv/www &\nwhile :; do sleep 1; done\n",
};

/** A payload of busybox and a few scripts, without a build. */
export async function busyboxPayload(root: string): Promise<Payload> {
  for (const path of ['bin', 'etc', 'proc', 'sys', 'dev', 'tmp', 'srv/www/cgi-bin', 'srv/data']) {
    await mkdir(join(root, path), { recursive: true });
  }
  await chmod(join(root, 'tmp'), 0o1777);
  await chmod(join(root, 'srv/data'), 0o777);
  await copyFile('/bin/busybox', join(root, 'bin/busybox'));
  await writeFile(
    join(root, 'etc/passwd'),
    'root:x:0:0:root:/root:/bin/sh\nguest:x:4711:4712::/home/guest:/bin/sh\n',
  );
  await writeFile(join(root, 'etc/group'), 'root:x:0:\nguest:x:4712:\n');
  await writeFile(join(root, 'srv/www/health'), 'fine\n');
  await writeFile(join(root, 'srv/not-executable'), 'no program\n');
  await writeFile(join(root, 'srv/www/cgi-bin/digests'), digests, { mode: 0o755 });
  for (const [name, text] of Object.entries(scripts)) await writeFile(join(root, 'srv', name), text);
  return {
    digest: `sha256:${randomBytes(32).toString('hex')}`,
    root,
    manifest: join(root, '..', 'manifest.ndjson'),
    files: 12,
    bytes: 1_000_000,
    packages: [],
    buildMs: null,
  };
}

/** One GET from inside a network namespace; null until it is answered well. */
export async function get(nsPath: string, url: string): Promise<string | null> {
  // Asked again and again while something starts, so by what starts in a millisecond itself.
  const wget = ['timeout', '5', '/bin/busybox', 'wget', '-q', '-O', '-', url];
  const { code, stdout } = await run('nsenter', [`--net=${nsPath}`, ...wget], { accept: [0, 1, 124] });
  return code === 0 ? stdout : null;
}

/** Asks again until the answer is not null. Throws when it never is: the limit is far beyond what is needed. */
export async function eventually<T>(what: string, ask: () => Promise<T | null>): Promise<T> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    const answer = await ask();
    if (answer !== null) return answer;
    await sleep(100);
  }
  throw new Error(`${what}: not within a minute`);
}
