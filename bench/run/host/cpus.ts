/** Which CPUs instances run on, and which are kept for the harness and its prober. */

export interface CpuSplit {
  /** CPU numbers for every instance; null: all there are. */
  instances: number[] | null;
  /** CPU numbers for the prober; null: wherever the kernel puts it. */
  harness: number[] | null;
  /** In words, for the record. */
  description: string;
}

/**
 * The first CPU goes to the harness if the rest is enough for one instance, so that watching does not disturb what is
 * watched. All platforms get the same set.
 *
 * @param allowed CPU numbers this process may use
 * @param cpusPerInstance the largest CPU limit of any platform
 */
export function splitCpus(allowed: readonly number[], cpusPerInstance: number): CpuSplit {
  const [first, ...rest] = allowed;
  if (first === undefined || rest.length < cpusPerInstance) {
    return {
      instances: null,
      harness: null,
      description: `instances and harness share CPUs ${allowed.join(', ')}: too few to keep one free`,
    };
  }
  return {
    instances: rest,
    harness: [first],
    description: `instances on CPUs ${rest.join(', ')}; the prober on CPU ${first}`,
  };
}
