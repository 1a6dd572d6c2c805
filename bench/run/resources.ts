/**
 * What a run owns outside its directory: lease, folders, cgroup, network namespace, prober. Opened in this order,
 * closed in reverse; whatever a kill leaves, the lease knows.
 */
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createRunCgroup } from '../../runners/machine/cgroup/cgroup.ts';
import { releaseLease } from '../../runners/machine/lease/release.ts';
import { openLease } from '../../runners/machine/lease/lease.ts';
import { createRunNetwork } from '../../runners/machine/network/network.ts';
import type { RunContext } from '../../runners/runner.ts';
import type { CommandContext } from '../environment/context.ts';
import type { CpuSplit } from './host/cpus.ts';
import type { Prober } from '../prober/prober.ts';
import { startProber } from '../prober/client.ts';
import type { SuiteOptions } from './run.ts';
import { exitCodes, TareError } from '../environment/errors.ts';
import { privateMode } from '../environment/private-folder.ts';

export interface RunResources {
  /** What is the same for every platform. */
  run: Omit<RunContext, 'startUntilReady'>;
  prober: Prober;
  /** Removes everything; says what it could not remove. Never throws. */
  close(): Promise<void>;
}

/** @param announce is told the name of everything that will be made (`tare-<id>`) before any of it exists */
export async function openResources(
  context: CommandContext,
  { cpus, options }: { cpus: CpuSplit; options: Pick<SuiteOptions, 'steadiness'> },
  announce: (runId: string) => Promise<void>,
): Promise<RunResources> {
  const runId = randomBytes(3).toString('hex');
  await announce(runId);
  const lease = await openLease(context.folders.state, runId);
  let prober: Prober | null = null;
  const close = async (): Promise<void> => {
    await prober?.close().catch((error: unknown) => {
      context.log.debug(`closing the prober: ${String(error)}`);
    });
    const remains = await releaseLease(lease.file, context.log);
    for (const line of remains) context.log.warn(`not removed: ${line}; "tare clean" tries again`);
  };
  try {
    const folders = {
      cache: context.folders.cache,
      scratch: join(context.folders.cache, 'scratch', runId),
      runtime: join(context.folders.runtime, runId),
    };
    for (const path of [folders.scratch, folders.runtime]) {
      await lease.add({ kind: 'folder', path });
      await mkdir(path, { recursive: true, mode: privateMode });
    }
    const cgroup = await createRunCgroup(runId, lease);
    const network = await createRunNetwork(runId, lease);
    prober = await startProber({
      nsPath: network.nsPath,
      traceName: `tare-${runId}`,
      cpus: cpus.harness,
      isSteady: options.steadiness !== undefined,
      lease,
      log: context.log,
      signal: context.signal,
    });
    const run: RunResources['run'] = {
      runId,
      signal: context.signal,
      log: context.log,
      lease,
      network,
      cgroup,
      folders,
      cpuset: cpus.instances,
    };
    return { run, prober, close };
  } catch (error) {
    await close();
    if (process.getuid?.() !== 0) {
      const detail = error instanceof Error ? error.message : String(error);
      throw new TareError(
        `Tare must run as root: it creates network namespaces, cgroups and mounts.\n  ${detail}`,
        exitCodes.unfit,
        { cause: error },
      );
    }
    throw error;
  }
}
