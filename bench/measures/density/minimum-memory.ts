/** The smallest memory limit under which one instance still serves: bisection between two limits. */
import type { MinimumMemory } from '../../record/density.ts';

type Step = MinimumMemory['steps'][number];

export interface MemoryRange {
  /** Lower end; tried only when everything above it serves. */
  fromBytes: number;
  /** Upper end: the platform's own limit. */
  toBytes: number;
  /** Two limits this close are told apart no further. */
  precisionBytes: number;
}

const mebibyte = 2 ** 20;

/** @param attempt starts one instance under that limit, puts it under load, and says how it went */
export async function findMinimumMemory(
  range: MemoryRange,
  attempt: (bytes: number) => Promise<Omit<Step, 'bytes'>>,
): Promise<MinimumMemory> {
  const steps: Step[] = [];
  const serves = async (bytes: number): Promise<boolean> => {
    const step = { bytes, ...(await attempt(bytes)) };
    steps.push(step);
    return step.serves;
  };
  if (!(await serves(range.toBytes))) return { bytes: null, refusedBytes: range.toBytes, steps };
  let enough = range.toBytes;
  let refused: number | null = null;
  for (;;) {
    const below: number = refused ?? range.fromBytes;
    const middle = Math.round((enough + below) / 2 / mebibyte) * mebibyte;
    const isResolved = enough - below <= range.precisionBytes || middle <= below || middle >= enough;
    if (isResolved && refused !== null) break;
    const next = isResolved ? range.fromBytes : middle;
    if (next >= enough) break;
    if (await serves(next)) enough = next;
    else refused = next;
  }
  return { bytes: enough, refusedBytes: refused, steps };
}
