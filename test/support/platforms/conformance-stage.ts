/** What all platforms of the conformance suite share: one run, one payload, one prober. */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startProber } from '../../../bench/prober/client.ts';
import type { Prober, Readiness } from '../../../bench/prober/prober.ts';
import type { Payload } from '../../../runners/payload/payload.ts';
import type { Instance, Launch, PreparedPlatform, RunContext } from '../../../runners/runner.ts';
import { busyboxPayload, openLocalRun, silentLog, type LocalRun } from '../../runners/machine/local-run.ts';
import type { ConformanceCase } from './conformance-cases.ts';
import { shareGuests } from './vm-stage.ts';

export interface ConformanceStage {
  context: RunContext;
  payload: Payload;
  prober: Prober;
  /** `other` is a payload of the test's own. */
  platform(platform: ConformanceCase, other?: Payload): PlatformStage;
  /** The run's own folder. */
  folder: string;
  /** The body of one answer, asked for from where the prober is. */
  get(instance: Instance, path: string): Promise<string>;
  /** Throws when something could not be removed. */
  close(): Promise<void>;
}

/** One platform, prepared once for each command. */
export interface PlatformStage {
  /** Number of instances so far; the next one's id ends with the number after it. */
  readonly created: number;
  prepare(launch: Launch): Promise<PreparedPlatform>;
  /** An instance of the platform with this launch, ready to be started. */
  create(launch: Launch): Promise<Instance>;
  /** Starts it under the prober's eyes, as a run does. Throws with its log when it does not become ready. */
  startServing(instance: Instance): Promise<Readiness>;
  dispose(): Promise<void>;
}

/** A whole system takes a minute under emulation on an idle machine. */
const readyTimeoutMs = 280_000;

export async function openConformanceStage(): Promise<ConformanceStage> {
  const run = await openLocalRun();
  await shareGuests(run.context.folders.cache);
  const payload = await busyboxPayload(join(run.folder, 'payload'));
  const { runId, network, lease, signal } = run.context;
  const traceName = `tare-${runId}`;
  const nsPath = network.nsPath;
  const prober = await startProber({ nsPath, traceName, cpus: null, lease, log: silentLog, signal });
  return {
    context: run.context,
    payload,
    prober,
    folder: run.folder,
    platform: (platform, other = payload) => openPlatform(platform, other, run, prober),
    get: async (instance, path) => (await prober.get({ ...instance.address, path }, readyTimeoutMs)).body,
    async close() {
      await prober.close();
      const remains = await run.close();
      if (remains.length > 0) throw new Error(`not removed: ${remains.join('; ')}`);
    },
  };
}

function openPlatform(
  platform: ConformanceCase,
  payload: Payload,
  run: LocalRun,
  prober: Prober,
): PlatformStage {
  const serving = (instance: Instance): Promise<Readiness> =>
    startServing(instance, prober, platform.seenAs === 'httpd');
  const context: RunContext = {
    ...run.context,
    startUntilReady: async (instance) => {
      await serving(instance);
    },
  };
  const prepared = new Map<string, PreparedPlatform>();
  const prepare = async (launch: Launch): Promise<PreparedPlatform> => {
    const key = launch.command.join(' ');
    const id = `${platform.name}-platform-${prepared.size}`;
    const made = prepared.get(key) ?? (await platform.prepare(payload, id, launch, context));
    prepared.set(key, made);
    return made;
  };
  const stage = {
    created: 0,
    prepare,
    startServing: serving,
    async create(launch: Launch) {
      const made = await prepare(launch);
      stage.created += 1;
      const id = `${platform.name}-${stage.created}`;
      const logs = join(run.folder, 'logs', id);
      await mkdir(logs, { recursive: true });
      return made.create({ id, logs });
    },
    async dispose() {
      for (const each of prepared.values()) await each.dispose();
    },
  };
  return stage;
}

async function startServing(instance: Instance, prober: Prober, sharesKernel: boolean): Promise<Readiness> {
  const watch = await prober.watch(
    {
      instance: instance.id,
      ...instance.address,
      readiness: { by: 'http', path: '/health', status: 200, bodyContains: 'fine' },
      cgroupPath: (instance.traced ?? instance.cgroup).path,
      commandPath: '/bin/busybox',
      sharesKernel,
    },
    readyTimeoutMs,
  );
  await instance.start();
  const result = await Promise.race([watch.result, instance.exited]);
  if ('ready' in result && result.ready) return result.readiness;
  watch.cancel();
  const log = await readFile(instance.logFile, 'utf8');
  throw new Error(`${JSON.stringify([result, await instance.diagnose()])}\n${log}`);
}
