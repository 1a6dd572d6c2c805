/** Whether this machine has what a budget asks for; known before anything is started. */
import { readMeminfo } from '../../../runners/machine/meminfo.ts';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { whyNoKsm } from '../../../runners/machine/kernel/ksm.ts';
import { formatSize } from '../../../scenarios/schema/quantities.ts';
import type { ResolvedDensity } from '../../../scenarios/measures/density.ts';
import { exitCodes, TareError } from '../../environment/errors.ts';

export interface Machine {
  memoryBytes: number;
  /** What could be given to programs now, without swapping. */
  availableBytes: number;
  cpus: number;
  /** Free where instances keep their layers. */
  diskBytes: number;
}

/** @throws TareError, exit code 3, that says what is missing and what would fit */
export async function requireBudget(
  budget: ResolvedDensity['budget'],
  cpus: number,
  scratch: string,
): Promise<void> {
  const memory = await readMeminfo();
  const missing = missingFor(budget, {
    memoryBytes: memory.get('MemTotal') ?? 0,
    availableBytes: memory.get('MemAvailable') ?? 0,
    cpus,
    diskBytes: await freeBytes(scratch),
  });
  if (missing.length === 0) return;
  throw new TareError(
    `the budget is larger than this machine: ${missing.join('; ')}\n  Lower measures.density.budget in the scenario, or use a larger machine.`,
    exitCodes.unfit,
  );
}

/** @throws TareError, exit code 3, where this kernel cannot merge pages */
export async function requireMerging(): Promise<void> {
  const missing = await whyNoKsm();
  if (missing === null) return;
  throw new TareError(
    `measures.density.same-page-merging: on is not possible: ${missing}\n  Leave it out, or use a kernel that has it.`,
    exitCodes.unfit,
  );
}

/** A line for each thing of which the machine has too little. */
export function missingFor(budget: ResolvedDensity['budget'], machine: Machine): string[] {
  const missing: string[] = [];
  if (budget.memoryBytes > machine.availableBytes) {
    missing.push(
      `${formatSize(budget.memoryBytes)} of memory are needed, but of ${formatSize(machine.memoryBytes)} only ` +
        `${formatSize(machine.availableBytes)} are free`,
    );
  }
  if (budget.cpus > machine.cpus) {
    missing.push(`${budget.cpus} CPUs are needed, but Tare may use only ${machine.cpus}`);
  }
  if (budget.diskBytes !== null && budget.diskBytes > machine.diskBytes) {
    missing.push(
      `${formatSize(budget.diskBytes)} of disk are needed, but only ${formatSize(machine.diskBytes)} are free`,
    );
  }
  return missing;
}

/** Of the file system that the folder is on, or will be on. */
async function freeBytes(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || folder === dirname(folder)) throw error;
    return freeBytes(dirname(folder));
  }
}
