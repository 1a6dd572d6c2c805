/** The instrument of the measure `burst`: the prober finds each of many as it would find one alone. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Prober } from '../../../bench/prober/prober.ts';
import { ascending, quantile } from '../../../bench/statistics/quantile.ts';
import { findInTurn, lagsOf } from '../../support/prober/burst-lag.ts';
import { openStage, type Place, type Stage } from '../../support/prober/prober-stage.ts';

const many = 16;
let stage: Stage;
let prober: Prober;
let places: Place[];

beforeAll(async () => {
  stage = await openStage();
  prober = await stage.startProber();
  places = [];
  for (let index = 0; index < many; index += 1) places.push(await stage.place());
});
afterAll(async () => {
  for (const place of places) await place.dispose();
  await prober.close();
  expect(await stage.close()).toEqual([]);
});

it('finds sixteen listeners in the order in which they open, and no later than one alone', async () => {
  const alone: number[] = [];
  for (const place of places.slice(0, 5)) alone.push(...lagsOf(await findInTurn(prober, [place])));
  const found = await findInTurn(prober, places);
  const order = found.map(({ readyAt }) => readyAt);
  expect(order).toEqual(ascending(order));
  // Generous: the machine is busy with other tests. A prober that took its targets in turn would be late by far more.
  const lags = lagsOf(found);
  expect(quantile(ascending(lags), 0.5)).toBeLessThan(10 * Math.max(...alone));
  expect(Math.min(...lags)).toBeGreaterThan(0);
});
