/**
 * The canary: a fixed piece of work that no platform touches, timed before each block. Where it takes longer than in another
 * run, the machine itself has become slower, and not what is measured. Its programs run on the CPUs of the instances with
 * ordinary priority, so that other work on the machine meets them as it meets a start.
 */
import { run as runProgram } from '../../../runners/machine/command.ts';
import { canaryWork, type RecordedCanarySample } from '../../record/canary.ts';
import type { Journal } from '../journal/journal.ts';
import type { Block } from '../plan.ts';
import type { RunResources } from '../resources.ts';
import type { Run } from '../run.ts';
import { warmupReason } from '../journal/step-recorder.ts';

type CanaryTimes = Pick<RecordedCanarySample, 'spawn' | 'spin' | 'memory' | 'roundTrip'>;

export interface Canary {
  /** Takes tens of milliseconds. Null where a part could not be done: then this block has no canary, and goes on. */
  time(): Promise<CanaryTimes | null>;
  close(): Promise<void>;
}

/** Where equal runs are to have equal figures, nothing is timed that they do not need. */
export async function withCanary(
  { options }: Run,
  resources: RunResources,
  work: (canary: Canary | null) => Promise<void>,
): Promise<void> {
  const canary = options.steadiness === undefined ? await openCanary(resources) : null;
  try {
    await work(canary);
  } finally {
    await canary?.close();
  }
}

export async function timeCanary(
  canary: Canary,
  { index, isWarmup }: Block,
  journal: Journal,
): Promise<void> {
  const times = await canary.time();
  if (times === null) return;
  const sample = { block: index, at: new Date().toISOString(), ...times };
  await journal.write({ type: 'canary', sample: isWarmup ? { ...sample, excluded: warmupReason } : sample });
}

/** Its port is in its own namespace, where nothing else is: the kernel itself refuses, after a whole way over the bridge. */
const port = 9;

/**
 * One small program does it and looks at the clock itself: to start a program takes the harness longer the more memory it has,
 * which says nothing about the machine.
 */
const script = `
  my $from = clock_gettime(CLOCK_MONOTONIC);
  sub lap { my $to = clock_gettime(CLOCK_MONOTONIC); printf "%.4f\\n", 1000 * ($to - $from); $from = $to }
  for (1 .. ${canaryWork.spawns}) {
    defined(my $pid = fork) or die "fork: $!";
    if ($pid == 0) { exec "true" or die "true: $!" }
    waitpid $pid, 0;
    die "true ended with $?" if $?;
  }
  lap;
  my $count = 0;
  $count++ while $count < ${canaryWork.counts};
  lap;
  my $touched = "x" x ${canaryWork.bytes};
  lap;
`;

async function openCanary({ run, prober }: RunResources): Promise<Canary> {
  const { log, network, cpuset } = run;
  const place = await network.attachNamespace('canary').catch((error: unknown) => {
    log.debug(`no canary: ${String(error)}`);
    return null;
  });
  const [program = '', ...args] = [
    ...(cpuset === null ? [] : ['taskset', '-c', cpuset.join(',')]),
    ...['perl', '-MTime::HiRes=clock_gettime,CLOCK_MONOTONIC', '-e', script],
  ];
  return {
    async time() {
      if (place === null) return null;
      try {
        const { stdout } = await runProgram(program, args);
        const [spawn, spin, memory] = stdout.split('\n').map(Number);
        if (spawn === undefined || spin === undefined || memory === undefined) return null;
        const target = { host: place.address, port, count: canaryWork.roundTrips };
        return { spawn, spin, memory, roundTrip: await prober.timeRoundTrips(target) };
      } catch (error) {
        log.debug(`the canary: ${String(error)}`);
        return null;
      }
    },
    close: async () => {
      await place?.dispose();
    },
  };
}
