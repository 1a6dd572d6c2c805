/**
 * The heartbeat of a lab, seen from inside. Under emulated virtualization one CPU may lose its timer while the others go on:
 * whatever sleeps there never wakes. So each CPU has to have woken a sleeper between two beats.
 */
import { createInterface } from 'node:readline';
import type { LabClock } from '../../runners/lab/arguments.ts';
import { start } from '../../runners/machine/command.ts';
import { allowedCpus } from '../../runners/machine/cpu-list.ts';

/** Silence is given up after 30 s: see `silences`. */
const beatMs = 3000;
/** A CPU that waits in virtual time costs no time, but a program that wakes would. */
const virtualBeatMs = 10_000;

/** @returns what ends it */
export function beat(clock: LabClock, take: () => void): () => void {
  if (clock === 'virtual') {
    const timer = setInterval(take, virtualBeatMs);
    return () => {
      clearInterval(timer);
    };
  }
  const sleepers = allowedCpus().then((cpus) => {
    const count = countingAll(cpus.length, take);
    return cpus.map((cpu, index) =>
      sleeperOn(cpu, () => {
        count(index);
      }),
    );
  });
  return () => {
    void sleepers.then((running) => {
      for (const sleeper of running) sleeper.kill();
    });
  };
}

/** Calls `take` each time that all of them were counted since the last time. */
export function countingAll(total: number, take: () => void): (index: number) => void {
  const seen = new Set<number>();
  return (index) => {
    seen.add(index);
    if (seen.size < total) return;
    seen.clear();
    take();
  };
}

function sleeperOn(cpu: number, onBeat: () => void): ReturnType<typeof start> {
  const program = `$| = 1; while (1) { select(undef, undef, undef, ${beatMs / 1000}); print "\\n" }`;
  const sleeper = start('taskset', ['--cpu-list', String(cpu), 'perl', '-e', program]);
  createInterface({ input: sleeper.stdout }).on('line', onBeat);
  sleeper.stderr.resume();
  return sleeper;
}
