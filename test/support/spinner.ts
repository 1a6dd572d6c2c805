/** A program that spins for so much CPU time, for instruments that count it. */
import { readFile } from 'node:fs/promises';
import { start } from '../../runners/machine/command.ts';

/** Spins for so many seconds of CPU time, says how much it was, and stays. */
const spinner =
  'my $most = shift; use Time::HiRes qw(clock_gettime CLOCK_PROCESS_CPUTIME_ID); sub used { clock_gettime(CLOCK_PROCESS_CPUTIME_ID) } ' +
  'my $began = used(); 1 while used() - $began < $most; $| = 1; print used() - $began, "\\n"; <STDIN>;';

export interface Spun {
  /** Milliseconds of CPU time that it spun, as it says itself: without its own start. */
  usedMs: number;
  /** All of its process, as the kernel counts by now: its start, too. */
  countedMs: () => Promise<number>;
  end: () => Promise<void>;
}

export async function spin(program: string, args: string[], seconds = 1): Promise<Spun> {
  const running = start(program, [...args, '-e', spinner, String(seconds)]);
  const used = await new Promise<Buffer>((resolve) => running.stdout.once('data', resolve));
  return {
    usedMs: Number(used.toString()) * 1000,
    countedMs: async () =>
      Number((await readFile(`/proc/${running.pid}/schedstat`, 'utf8')).split(' ')[0]) / 1e6,
    end: async () => {
      running.kill('SIGKILL');
      await running.gone;
    },
  };
}
