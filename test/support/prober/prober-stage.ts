/** A run's real namespaces, cgroup and lease with a prober in them, and fixture programs to be watched. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { randomBytes } from 'node:crypto';
import { createRunCgroup, type Cgroup } from '../../../runners/machine/cgroup/cgroup.ts';
import { releaseLease } from '../../../runners/machine/lease/release.ts';
import { start, type RunningCommand } from '../../../runners/machine/command.ts';
import { createLauncher } from '../../../runners/shared/launch.ts';
import { openLease, type Lease } from '../../../runners/machine/lease/lease.ts';
import type { Log } from '../../../runners/machine/log.ts';
import { createRunNetwork, type RunNetwork } from '../../../runners/machine/network/network.ts';
import { startProber } from '../../../bench/prober/client.ts';
import type { Prober, ProbeTarget } from '../../../bench/prober/prober.ts';
import { assetFile } from '../../../runners/machine/asset.ts';

const quiet: Log = { progress: () => undefined, debug: () => undefined, warn: () => undefined };

/** A target that is ready as soon as a connection is accepted. */
export const connected = { readiness: { by: 'tcp', exchange: null } } as const;

/** A network namespace and a cgroup of its own for one instance. */
export interface Place {
  target: ProbeTarget;
  /** Starts a program there; the lines it prints are `name moment`, see `noted`. */
  launch(program: string, args: readonly string[]): RunningCommand;
  /** Starts the fixture server there. */
  serve(mode: string, delayMs?: number): RunningCommand;
  /** What the latest program noted under that name; waits until it has. */
  noted(name: 'listening' | 'answered'): Promise<number>;
  dispose(): Promise<void>;
}

export interface Stage {
  runId: string;
  lease: Lease;
  network: RunNetwork;
  cgroup: Cgroup;
  signal: AbortController;
  startProber(options?: {
    traced?: boolean;
    cpus?: number[];
    nsPath?: string;
    signal?: AbortSignal;
    /** Called with what the prober warns of. */
    warn?: (message: string) => void;
  }): Promise<Prober>;
  place(): Promise<Place>;
  close(): Promise<string[]>;
}

export async function openStage(): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'tare-stage-'));
  const runId = randomBytes(3).toString('hex');
  const lease = await openLease(folder, runId);
  const network = await createRunNetwork(runId, lease);
  const cgroup = await createRunCgroup(runId, lease);
  const signal = new AbortController();
  let places = 0;
  let probers = 0;
  return {
    runId,
    lease,
    network,
    cgroup,
    signal,
    startProber: ({ traced = true, cpus, nsPath = network.nsPath, signal: own, warn } = {}) => {
      probers += 1;
      return startProber({
        nsPath,
        traceName: traced ? `tare-${runId}-${probers}` : null,
        cpus: cpus ?? null,
        lease,
        log: warn ? { ...quiet, warn } : quiet,
        signal: own ?? signal.signal,
      });
    },
    place: () => {
      places += 1;
      return makePlace(network, cgroup, `s${places}`);
    },
    close: async () => {
      const remains = await releaseLease(lease.file, quiet);
      await rm(folder, { recursive: true, force: true });
      return remains;
    },
  };
}

async function makePlace(network: RunNetwork, parent: Cgroup, id: string): Promise<Place> {
  const attachment = await network.attachNamespace(id);
  const cgroup = await parent.child(id);
  const launcher = await createLauncher(cgroup.joinFiles());
  const port = 8080;
  const notes = new Map<string, number>();
  const waiting: (() => void)[] = [];
  let running: RunningCommand | null = null;
  const launch = (program: string, args: readonly string[]): RunningCommand => {
    notes.clear();
    const started = start('nsenter', [
      `--net=${attachment.nsPath}`,
      '--',
      launcher.program,
      ...launcher.args,
      program,
      ...args,
    ]);
    running = started;
    started.stderr.on('data', (chunk: Buffer) => process.stderr.write(chunk));
    createInterface({ input: started.stdout }).on('line', (line) => {
      const [name = '', at] = line.split(' ');
      notes.set(name, Number(at));
      for (const resume of waiting.splice(0)) resume();
    });
    return started;
  };
  return {
    target: {
      instance: id,
      host: attachment.address,
      port,
      readiness: { by: 'http', path: '/health', status: 200, bodyContains: 'ready' },
      cgroupPath: cgroup.path,
      commandPath: process.execPath,
      sharesKernel: true,
    },
    launch,
    serve: (mode, delayMs = 0) =>
      launch(process.execPath, [
        assetFile('test/fixtures/prober/server.mjs'),
        String(port),
        mode,
        String(delayMs),
      ]),
    noted: async (name) => {
      for (;;) {
        const at = notes.get(name);
        if (at !== undefined) return at;
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
    dispose: async () => {
      await cgroup.kill();
      await running?.exited;
      await cgroup.remove();
      await attachment.dispose();
    },
  };
}
