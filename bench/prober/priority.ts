/** The right to run at once. */
import { setPriority } from 'node:os';
import { run } from '../../runners/machine/command.ts';

/**
 * The measured instance may keep every CPU busy; the prober needs little, but at once. With ordinary priority a loaded
 * machine delayed it by tens of milliseconds, with real-time priority by less than one. Without the right to it
 * (containers, real-time groups) a better nice value is the next best, and not even that is no harm. What this process
 * starts afterwards has ordinary priority.
 */
export async function raisePriority(): Promise<void> {
  try {
    await run('chrt', ['--reset-on-fork', '--all-tasks', '--rr', '--pid', '1', String(process.pid)]);
  } catch {
    try {
      setPriority(-10);
    } catch {
      // It competes like everybody else; what it then misses shows as loop delay.
    }
  }
}
