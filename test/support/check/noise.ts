/** Samples with the noise of a real start: mostly normal, skewed to the right, a few far out. */
export function startupNoise(random: () => number, centre: number, cv: number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const hiccup = random() < 0.05 ? 1 + 4 * cv * random() : 1;
  return centre * Math.exp(cv * normal) * hiccup;
}

export function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}
