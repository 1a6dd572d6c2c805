/** A Slurm cluster of the test's own on this machine: a controller, munge, and a daemon for each node, on loopback. */
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from '../../../runners/machine/command.ts';
import { readProcessStat } from '../../../runners/machine/process-stat.ts';

export interface SlurmCluster {
  folder: string;
  /** For the commands of Slurm. */
  env: Record<string, string>;
  slurm(program: string, ...args: string[]): Promise<string>;
  /** Ends a node as a power cut does: its daemon and all it runs, with SIGKILL. */
  killNode(name: string): Promise<void>;
  stop(): Promise<void>;
}

export interface TestNode {
  feature: string;
  /** Folders of which it has empty ones of its own, as a machine that shares no file system; with the size of each. */
  own?: readonly { path: string; size: string }[];
}

/**
 * A job of the partition `urgent` takes its node from one of `main`, which is requeued.
 *
 * @param nodes by name
 */
export async function startSlurm(nodes: Readonly<Record<string, TestNode>>): Promise<SlurmCluster> {
  // Not in /tmp, whose rights munge does not like; a short path for its socket.
  const folder = await mkdtemp('/run/tare-slurm-');
  const at = (name: string): string => join(folder, name);
  const names = Object.keys(nodes);
  const [controllerPort = 0, ...ports] = await freePorts(names.length + 1);
  await writeFile(at('munge.key'), randomBytes(128), { mode: 0o400 });
  await mkdir(at('state'));
  const host = hostname().split('.')[0] ?? '';
  await writeFile(
    at('slurm.conf'),
    `ClusterName=tare
SlurmctldHost=${host}(127.0.0.1)
SlurmctldPort=${controllerPort}
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=${at('munge.sock')},cred_expire=5
CredType=cred/munge
ProctrackType=proctrack/pgid
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
ReturnToService=2
StateSaveLocation=${at('state')}
SlurmdSpoolDir=${at('spool-%n')}
SlurmctldPidFile=${at('slurmctld.pid')}
SlurmdPidFile=${at('%n.pid')}
SlurmctldLogFile=${at('slurmctld.log')}
SlurmdLogFile=${at('%n.log')}
SelectType=select/cons_tres
SlurmdTimeout=10
KillWait=20
SlurmdParameters=config_overrides
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
SchedulerParameters=sched_interval=1,bf_interval=2
${names.map((name, index) => `NodeName=${name} NodeHostname=${host} NodeAddr=127.0.0.1 Port=${ports[index]} CPUs=1 Feature=${nodes[name]?.feature}`).join('\n')}
PartitionName=main Nodes=${names.join(',')} Default=YES State=UP PriorityTier=1
PartitionName=urgent Nodes=${names.join(',')} State=UP PriorityTier=10 PreemptMode=OFF
`,
  );
  const env = { SLURM_CONF: at('slurm.conf') };
  const slurm = async (program: string, ...args: string[]): Promise<string> =>
    (await run(program, args, { env })).stdout;
  const stop = async (): Promise<void> => {
    for (const pid of await processesOf(folder)) signal(pid, 'SIGKILL');
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const munge = ['key-file=munge.key', 'socket=munge.sock', 'pid-file=munge.pid', 'log-file=munge.log'];
    await run('munged', [
      '--force',
      ...[...munge, 'seed-file=munge.seed'].map((option) => `--${option.replace('=', `=${folder}/`)}`),
    ]);
    await slurm('slurmctld', '-f', at('slurm.conf'));
    for (const [name, { own = [] }] of Object.entries(nodes)) {
      const daemon = ['slurmd', '-f', at('slurm.conf'), '-N', name] as const;
      const mounts = own.map(
        ({ path, size }) => `mkdir -p '${path}'\nmount -t tmpfs -o size=${size} none '${path}'`,
      );
      if (own.length === 0) await slurm(...daemon);
      else
        await slurm(
          'unshare',
          '--mount',
          '--propagation=private',
          'sh',
          '-ec',
          [...mounts, `exec ${daemon.join(' ')}`].join('\n'),
        );
    }
    await until(
      async () =>
        (await slurm('sinfo', '-h', '-N', '-p', 'main', '-t', 'idle', '-o', '%N')).split('\n').length ===
        names.length,
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    folder,
    env,
    slurm,
    stop,
    async killNode(name) {
      const daemon = Number(await readFile(at(`${name}.pid`), 'utf8'));
      const scripts = await processesOf(`spool-${name}`);
      // What starts the scripts and reports their end changes its command line, and is known by them alone.
      const steps = await Promise.all(scripts.map(async (pid) => (await readProcessStat(pid))?.parent ?? 0));
      const pids = [
        daemon,
        ...steps.filter((pid) => pid > 1),
        ...scripts,
        ...(await processesOf(`SLURMD_NODENAME=${name}\0`, folder)),
      ];
      // All at once: no process may see another end, and write of it.
      for (const pid of pids) signal(pid, 'SIGSTOP');
      for (const pid of pids) signal(pid, 'SIGKILL');
    },
  };
}

export async function until(isTrue: () => Promise<boolean>, timeoutMs = 60_000): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!(await isTrue())) {
    if (Date.now() > end) throw new Error('it did not become true in time');
    await sleep(200);
  }
}

/** Processes in whose command line or environment all of these texts are. */
async function processesOf(...texts: string[]): Promise<number[]> {
  const pids = (await readdir('/proc')).map(Number).filter((pid) => pid > 1 && pid !== process.pid);
  const found = await Promise.all(
    pids.map(async (pid) => {
      const files = await Promise.all(
        ['cmdline', 'environ'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')),
      );
      const all = files.join('\0');
      return texts.every((text) => all.includes(text)) ? [pid] : [];
    }),
  );
  return found.flat();
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended by itself.
  }
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<{ port: number; close: () => void }>((resolve) => {
          const server = createServer().listen(0, '127.0.0.1', () => {
            const address = server.address();
            resolve({
              port: typeof address === 'object' && address ? address.port : 0,
              close: () => server.close(),
            });
          });
        }),
    ),
  );
  for (const { close } of servers) close();
  return servers.map(({ port }) => port);
}
