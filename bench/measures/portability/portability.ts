/**
 * Takes the measure `portability`: the disk of a VM in other formats and on other hardware, and the one OCI image of all
 * containers, unpacked anew for each of them.
 */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { monotonicMs } from '../../../runners/machine/clock.ts';
import { convertDisk } from '../../../runners/payload/disk/convert-disk.ts';
import { removeTree } from '../../../runners/machine/remove-tree.ts';
import { packOciImage } from '../../../runners/payload/oci-image/oci-image.ts';
import { unpackAnew } from '../../../runners/payload/unpack-anew.ts';
import type { Hardware, MovedDisk, PreparedPlatform } from '../../../runners/runner.ts';
import type { PortabilityOptions } from '../../../scenarios/measures/portability.ts';
import type { ResolvedPlatform } from '../../../scenarios/resolved.ts';
import { explain, serverReadiness, startAndWait } from '../../run/instance/start.ts';
import { recordFailure } from '../../run/journal/record-failure.ts';
import { kindOf } from '../../run/prepare/platforms.ts';
import type { CapacityWork, Measure } from '../measure.ts';
import { withPlatform } from '../platform-alone.ts';
import { portabilityFigures, type Moved } from './figures.ts';

type Work = CapacityWork<PortabilityOptions>;

/** The format that is tried on other hardware as well: what most other hypervisors take. */
const exported = 'vmdk';

export const portability: Measure<PortabilityOptions> = {
  capacity: {
    require: () => Promise.resolve(),
    cpus: () => 1,
    take: movePlatform,
    figures: portabilityFigures,
    estimateMs: ({ formats }, { platforms }, instanceMs) =>
      platforms.reduce((sum, platform) => {
        const instances = platform.runner === 'qemu' ? movesOf(formats).length : 1;
        return sum + instances * instanceMs(platform.id);
      }, 0),
  },
  planLines: ({ formats }) => [
    `portability: the disk of each VM as ${formats.join(', ')}; the OCI image unpacked anew for each container`,
  ],
};

/** Every format on the hardware that QEMU is best with, and one on what every PC had. */
export function movesOf(formats: readonly string[]): Pick<MovedDisk, 'format' | 'hardware'>[] {
  return formats.flatMap((format) => {
    const hardware: Hardware[] = format === exported ? ['virtio', 'sata+e1000e'] : ['virtio'];
    return hardware.map((each) => ({ format, hardware: each }));
  });
}

async function movePlatform(work: Work, platform: ResolvedPlatform): Promise<void> {
  const { journal } = work.run;
  const isTaken = journal.events.some(
    (event) => event.type === 'portability' && event.platform === platform.id,
  );
  const kind = kindOf(platform);
  // A bare process has no image.
  if (isTaken || kind === 'process') return;
  const moved = kind === 'vm' ? await moveDisk(work, platform) : await moveImage(work, platform);
  // What cannot be moved, such as a snapshot, has no figures.
  if (moved.length === 0) return;
  const at = new Date().toISOString();
  await journal.write({ type: 'portability', platform: platform.id, at, moved });
}

async function moveDisk(work: Work, platform: ResolvedPlatform): Promise<Moved[]> {
  const { run, options, resources } = work;
  const { log, signal } = run.context;
  return await withPlatform(work, platform, async (prepared) => {
    const { disk } = prepared;
    if (!disk) {
      log.warn(
        `${platform.id}: its disk cannot be given to an instance in another form; portability is not measured`,
      );
      return [];
    }
    const folder = join(resources.run.folders.scratch, `${platform.id}-moved`);
    const cgroup = await resources.run.cgroup.child(`${platform.id}-convert`);
    const moved: Moved[] = [];
    try {
      await mkdir(folder);
      for (const format of options.formats) {
        log.progress(`${platform.id}: its disk as ${format}`);
        const file = join(folder, `disk.${format}`);
        const converted = await convertDisk(disk, { file, format }, { cgroup, signal });
        for (const { hardware } of movesOf([format])) {
          const readyMs = await boot(work, platform, prepared, { file, format, hardware });
          moved.push({ ...converted, format, hardware, readyMs });
        }
        await rm(file);
      }
      return moved;
    } finally {
      await rm(folder, { recursive: true, force: true });
      await cgroup.remove();
    }
  });
}

/** The layout is unpacked by the library that engines use, into a payload that has a digest of its own. */
async function moveImage(work: Work, platform: ResolvedPlatform): Promise<Moved[]> {
  const { run, payload, resources } = work;
  const { folders, signal, log } = run.context;
  log.progress(`${platform.id}: unpacking the OCI image`);
  const build = { cache: folders.cache, signal, log };
  const { launch } = platform;
  const { user, workdir, port, stopSignal } = run.scenario.workload;
  const config = { ...launch, user, workdir, port, stopSignal };
  const image = await packOciImage(payload, config, build);
  const folder = join(resources.run.folders.scratch, `${platform.id}-unpacked`);
  try {
    const beganAt = monotonicMs();
    const unpacked = await unpackAnew(payload, image, folder, build);
    const durationMs = monotonicMs() - beganAt;
    const use = (prepared: PreparedPlatform): Promise<number | null> => boot(work, platform, prepared, null);
    const readyMs = await withPlatform(work, platform, use, unpacked);
    const isEqual = unpacked.digest === payload.digest;
    const bytes = image.manifests.zstd.transferBytes;
    return [{ format: 'oci', hardware: null, durationMs, cpuMs: null, bytes, isEqual, readyMs }];
  } finally {
    await removeTree(folder);
  }
}

/** @returns null where it did not become ready, which is on record then: an answer, too */
async function boot(
  { run, resources }: Work,
  platform: ResolvedPlatform,
  prepared: PreparedPlatform,
  disk: MovedDisk | null,
): Promise<number | null> {
  const { signal } = run.context;
  const { prober } = resources;
  const what = disk === null ? 'oci' : `${disk.format}-${disk.hardware.replace('+', '-')}`;
  const id = `${platform.id}-moved-${what}`;
  const logs = join(run.options.folder, 'logs', id);
  await mkdir(logs, { recursive: true });
  const instance = await prepared.create({ id, logs, ...(disk && { disk }) });
  try {
    const { readyAt } = await startAndWait(instance, {
      ...{ platform, prober, signal, ready: serverReadiness(run.scenario.workload.ready) },
      // Nobody looks at their marks.
      sharesKernel: false,
    });
    return readyAt - (instance.marks.get('spawned') ?? readyAt);
  } catch (failure) {
    const error = await explain(failure, instance, signal);
    if (signal.aborted) throw error;
    const place = { platform: platform.id, measure: 'portability', instance: { id, block: 1 } };
    await recordFailure(run, { ...place, error, fallbackCode: 'not-ready' });
    return null;
  } finally {
    await instance.dispose();
  }
}
