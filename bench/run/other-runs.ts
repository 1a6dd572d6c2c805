/** Other runs of Tare on this machine: their leases say that they are here, and they are load that no other figure names. */
import { isOwnerAlive, listLeases, type FoundLease } from '../../runners/machine/lease/lease.ts';
import type { Journal } from './journal/journal.ts';

/** Writes down every run of another process that lives now and was not seen before. Costs a look into one folder. */
export async function noteOtherRuns(journal: Journal, stateFolder: string): Promise<void> {
  const known = new Set(journal.events.flatMap((event) => (event.type === 'other-run' ? [event.run] : [])));
  for (const { runId, pid } of othersAlive(await listLeases(stateFolder))) {
    if (known.has(runId)) continue;
    await journal.write({ type: 'other-run', run: runId, pid, at: new Date().toISOString() });
  }
}

/** The two sides of an A/B are runs of one process: they know of each other, and take turns. */
function othersAlive(leases: readonly FoundLease[]): FoundLease[] {
  return leases.filter((lease) => lease.pid !== process.pid && isOwnerAlive(lease));
}
