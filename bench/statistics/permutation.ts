/**
 * Permutation test: how often would a random division of all values into two sides part their means at least as far? It
 * assumes only that the labels could have been swapped. R. A. Fisher, "The Design of Experiments" (1935); Phipson and
 * Smyth, Statistical Applications in Genetics and Molecular Biology 9 (2010), for counting the observed division itself.
 */
import { seededRandom, shuffle } from './random.ts';
import { tooFew, type TooFew } from './too-few.ts';

export interface PermutationTest {
  enough: true;
  /** Mean of `values` minus mean of `against`. */
  difference: number;
  /** Two-sided. */
  p: number;
  method: 'exact' | 'sampled';
}

/** Below this, even a complete separation is no evidence at 5 %. */
const fewestValues = 4;
/** Up to so many divisions all of them are looked at. */
const mostDivisions = 20_000;
const sampled = 9999;

export function permutationTest(
  values: readonly number[],
  against: readonly number[],
  seed: number,
): PermutationTest | TooFew {
  const n = values.length;
  const m = against.length;
  if (Math.min(n, m) < fewestValues) return tooFew(fewestValues, Math.min(n, m));
  const all = [...values, ...against];
  const total = sum(all);
  const differenceOf = (own: number): number => own / n - (total - own) / m;
  const difference = differenceOf(sum(values));
  // The same division added up in another order may differ in its last digits.
  const limit = Math.abs(difference) - 1e-9 * (Math.abs(total) / (n + m));
  const isAsFar = (own: number): boolean => Math.abs(differenceOf(own)) >= limit;
  if (divisions(n + m, n) <= mostDivisions) {
    const { count, far } = everyDivision(all, n, isAsFar);
    return { enough: true, difference, p: far / count, method: 'exact' };
  }
  const random = seededRandom(seed);
  let far = 0;
  for (let round = 0; round < sampled; round += 1) {
    if (isAsFar(sum(shuffle(all, random).slice(0, n)))) far += 1;
  }
  return { enough: true, difference, p: (far + 1) / (sampled + 1), method: 'sampled' };
}

function divisions(total: number, chosen: number): number {
  let count = 1;
  for (let k = 1; k <= chosen; k += 1) count *= (total - chosen + k) / k;
  return Math.round(count);
}

/** Chooses n of all values in every way there is, and counts those whose sum is as far. */
function everyDivision(
  all: readonly number[],
  n: number,
  isAsFar: (own: number) => boolean,
): { count: number; far: number } {
  let count = 0;
  let far = 0;
  const choose = (from: number, left: number, own: number): void => {
    if (left === 0) {
      count += 1;
      if (isAsFar(own)) far += 1;
      return;
    }
    for (let index = from; index <= all.length - left; index += 1) {
      choose(index + 1, left - 1, own + (all[index] as number));
    }
  };
  choose(0, n, 0);
  return { count, far };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
