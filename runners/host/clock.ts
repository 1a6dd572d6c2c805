/**
 * Milliseconds on the host's CLOCK_MONOTONIC, with nanosecond digits. The clock is the same in every process and
 * network namespace of the machine, so moments taken by the harness, the prober and the kernel's tracer compare.
 */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
