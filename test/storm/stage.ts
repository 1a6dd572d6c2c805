/** Where one moment takes place: a sandbox, disks of its own that can be filled, a cgroup with little memory. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, rmdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../runners/machine/command.ts';
import { writeScenario } from '../support/scenario-file.ts';
import { makeSandbox, type Sandbox } from '../support/tare.ts';
import type { Command, Moment, Place } from './moment.ts';

export interface Stage {
  box: Sandbox;
  /** The scenario. */
  file: string;
  /** Folder of the run. */
  out: string;
  /** Folder of another run in the same sandbox, with its scenario. */
  beside: { file: string; out: string };
  /** Starts Tare with little memory where the moment is that. */
  startedBy: readonly string[];
  /** Fills the disk of the moment's place to the last byte. */
  fill(): Promise<void>;
  /** There is room and memory again. */
  ease(): Promise<void>;
  close(): Promise<void>;
}

/** What few samples cannot decide, so that a check takes more, and what a self-test can try. */
const gates: Partial<Record<Command, (platform: string) => unknown>> = {
  check: (platform) => ({ metric: 'startup.ready', platform, over: 'process', max: 1000 }),
  'self-test': (platform) => ({ metric: 'startup.ready', platform, 'worse-by': '50%' }),
};

const density = {
  budget: { memory: '512MiB', cpus: 1 },
  way: 'ramp',
  batch: { size: 1, concurrency: 2 },
  load: { rps: 4, duration: '500ms' },
  slo: { p99: '20s', errors: 0.5 },
  'startup-factor': 1000,
  pressure: 100,
  cap: 2,
  hold: '1s',
};

/** What all moments have in common. */
export interface World {
  /** The folder that programs make their temporary files in. */
  temporary: string;
}

export async function openStage(moment: Moment, { temporary }: World): Promise<Stage> {
  const { blow, command, platform } = moment;
  const disk = await mkdtemp(join(tmpdir(), 'tare-storm-'));
  const place = blow.kind === 'disk' ? blow.place : null;
  const cache = join(disk, 'cache');
  const sandbox = await makeSandbox(place === 'cache' || place === 'scratch' ? { cache } : {});
  const box = { ...sandbox, env: { ...sandbox.env, TMPDIR: temporary } };
  const mountPoint = place === null ? null : await mountDisk(disk, place);
  const group = blow.kind === 'memory' ? await makeGroup(moment.number, blow.mebibytes) : null;
  const measures = command === 'density' ? { density } : { startup: { samples: 1 }, stop: {} };
  const gate = gates[command]?.(platform);
  // A VM needs more than the usual 64 MiB.
  const limits = { cpus: 1, memory: '96MiB' };
  const more = { limits, ...(gate === undefined ? {} : { gates: [gate] }) };
  const filler = join(mountPoint ?? disk, 'filler');
  return {
    box,
    file: await writeScenario(box.folder, 'storm', { platforms: ['process', platform], measures, more }),
    out: join(place === 'results' ? join(disk, place) : box.folder, 'out'),
    beside: {
      file: await writeScenario(box.folder, 'beside', { platforms: ['process', 'runc'] }),
      out: join(box.folder, 'beside'),
    },
    startedBy: group === null ? [] : [...joining(group)],
    async fill() {
      if (mountPoint !== null) await run('dd', ['if=/dev/zero', `of=${filler}`, 'bs=64k'], { accept: [1] });
    },
    ease: () => rm(filler, { force: true }),
    async close() {
      if (mountPoint !== null) await run('umount', ['--lazy', mountPoint]);
      if (group !== null) await rmdir(group);
      await box.remove();
      await rm(disk, { recursive: true, force: true });
    },
  };
}

/** Large enough for a run with a few samples of whatever platform. */
const diskSize = '512m';

async function mountDisk(disk: string, place: Place): Promise<string> {
  const point = place === 'scratch' ? join(disk, 'cache', place) : join(disk, place);
  await mkdir(point, { recursive: true, mode: 0o700 });
  await run('mount', ['-t', 'tmpfs', '-o', `size=${diskSize},mode=700`, 'tmpfs', point]);
  return point;
}

/** On either layout of cgroups; swap would only make it slow. */
async function makeGroup(number: number, mebibytes: number): Promise<string> {
  const v1 = '/sys/fs/cgroup/memory';
  const isV1 = existsSync(join(v1, 'memory.limit_in_bytes'));
  const group = join(isV1 ? v1 : '/sys/fs/cgroup', `storm-${process.pid}-${number}`);
  await mkdir(group);
  const bytes = String(mebibytes * 1024 * 1024);
  await writeFile(join(group, isV1 ? 'memory.limit_in_bytes' : 'memory.max'), bytes);
  return group;
}

function joining(group: string): string[] {
  return ['sh', '-c', 'echo 0 > "$0/cgroup.procs" && exec "$@"', group];
}
