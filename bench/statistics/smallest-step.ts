/**
 * The smallest difference between any two of the values: where a clock or a counter goes in steps, at least one step. Null
 * where all are equal, and so nobody knows how large a step is.
 */
export function smallestStep(values: readonly number[]): number | null {
  const sorted = Float64Array.from(values).sort();
  let smallest: number | null = null;
  for (let index = 1; index < sorted.length; index += 1) {
    const [low, high] = [sorted[index - 1] as number, sorted[index] as number];
    const step = high - low;
    // Less than that is what subtraction of two times leaves in the last digits.
    if (step <= roundingShare * Math.max(Math.abs(low), Math.abs(high))) continue;
    if (smallest === null || step < smallest) smallest = step;
  }
  return smallest;
}

const roundingShare = 1e-9;
