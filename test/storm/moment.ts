/** What the storm does to a run, and when: drawn from a seed, so that each moment can be had again. */
import { seededRandom } from '../../bench/statistics/random.ts';

export const commands = ['run', 'density', 'check', 'self-test', 'lab'] as const;
export type Command = (typeof commands)[number];

export const victims = ['harness', 'prober', 'engine', 'shim', 'vmm'] as const;
export type Victim = (typeof victims)[number];

export const places = ['results', 'cache', 'scratch'] as const;
export type Place = (typeof places)[number];

export type Blow =
  | { kind: 'kill'; victim: Victim }
  /** Ctrl-C, a request to end, or Ctrl-C twice, which ends at once. */
  | { kind: 'signal'; signals: readonly ('SIGINT' | 'SIGTERM')[] }
  /** The file system of that folder has no byte left. */
  | { kind: 'disk'; place: Place }
  /** From its start the harness and all that it starts may have so much memory. */
  | { kind: 'memory'; mebibytes: number };

export interface Moment {
  /** From 1. */
  number: number;
  command: Command;
  /** Besides `process`, which is in every run. */
  platform: string;
  blow: Blow;
  /** The blow falls when the command has said so many lines, and so many milliseconds later. */
  afterLines: number;
  delayMs: number;
  /** Whether another run goes on beside it, which must not notice. */
  isBesideAnother: boolean;
}

export interface Weather {
  commands: readonly Command[];
  platforms: readonly string[];
}

/** Who serves a platform's instances beside their own processes. */
const servants: Record<string, readonly Victim[]> = {
  runc: ['shim'],
  crun: ['shim'],
  docker: ['engine', 'shim'],
  podman: ['shim'],
  lxc: ['shim'],
  lxd: ['engine', 'shim'],
  nspawn: ['shim'],
  vm: ['vmm'],
};

export const allPlatforms: readonly string[] = Object.keys(servants);

/** Lines that a command says before its end: fewer in the lab, whose start is one of them. */
const mostLines: Record<Command, number> = { run: 10, density: 10, check: 14, 'self-test': 10, lab: 4 };
const mostDelayMs = 1200;
/** A check takes as long as three runs. */
const weights: Record<Command, number> = { run: 5, density: 3, check: 1, 'self-test': 1, lab: 1 };

export function drawMoments(seed: number, count: number, weather: Weather): Moment[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, index) => drawMoment(index + 1, weather, random));
}

function drawMoment(number: number, { commands: known, platforms }: Weather, random: () => number): Moment {
  const command = pick(
    known.flatMap((each) => Array<Command>(weights[each]).fill(each)),
    random,
  );
  const platform = pick(platformsOf(command, platforms), random);
  const blow = pick(blowsOn(command, platform, random), random);
  return {
    number,
    command,
    platform,
    blow,
    afterLines: 1 + Math.floor(random() * mostLines[command]),
    delayMs: Math.floor(random() * mostDelayMs),
    isBesideAnother: command !== 'lab' && random() < 0.2,
  };
}

/** A check prepares its platforms again and again, the lab emulates all that it does: slow ones would take an hour. */
function platformsOf(command: Command, platforms: readonly string[]): readonly string[] {
  if (command === 'run' || command === 'density') return platforms;
  const quick = platforms.filter((platform) =>
    ['runc', 'crun', 'podman', 'lxc', 'nspawn'].includes(platform),
  );
  return command === 'lab' || quick.length === 0 ? ['runc'] : quick;
}

function blowsOn(command: Command, platform: string, random: () => number): Blow[] {
  const isLab = command === 'lab';
  const served: readonly Victim[] = isLab ? ['vmm'] : ['prober', ...(servants[platform] ?? [])];
  const kills = ['harness' as const, ...served].map((victim): Blow => ({ kind: 'kill', victim }));
  const signals = [['SIGINT'], ['SIGTERM'], ['SIGINT', 'SIGINT']] as const;
  const room: readonly Place[] = isLab ? ['results'] : places;
  return [
    ...kills,
    pick(
      signals.map((each): Blow => ({ kind: 'signal', signals: each })),
      random,
    ),
    pick(
      room.map((place): Blow => ({ kind: 'disk', place })),
      random,
    ),
    ...(isLab ? [] : [{ kind: 'memory' as const, mebibytes: 70 + Math.floor(random() * 60) }]),
  ];
}

function pick<T>(values: readonly T[], random: () => number): T {
  return values[Math.floor(random() * values.length)] as T;
}

/** One line of words. */
export function momentText({
  command,
  platform,
  blow,
  afterLines,
  delayMs,
  isBesideAnother,
}: Moment): string {
  const beside = isBesideAnother ? ', beside another run' : '';
  const when = blow.kind === 'memory' ? 'from its start' : `${delayMs} ms after line ${afterLines}`;
  return `${command} of process and ${platform}${beside}: ${blowText(blow)} ${when}`;
}

function blowText(blow: Blow): string {
  switch (blow.kind) {
    case 'kill':
      return `kill -9 of the ${blow.victim}`;
    case 'signal':
      return blow.signals.join(', ');
    case 'disk':
      return `full disk of the ${blow.place}`;
    case 'memory':
      return `${blow.mebibytes} MiB of memory`;
  }
}
