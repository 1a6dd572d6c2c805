/** How late the prober finds many at once: listeners that open one after the other while all of them are watched. */
import { assetFile } from '../../../runners/machine/asset.ts';
import type { Prober } from '../../../bench/prober/prober.ts';
import { readiness, watchMs } from './observe.ts';
import type { Place } from './prober-stage.ts';

export interface Found {
  /** When it began to listen, by its own account. */
  openedAt: number;
  readyAt: number;
}

/** Long enough for all programs to have begun: none is to be found while others still start. */
const settleMs = 600;
const apartMs = 30;

/** In the order in which they opened. */
export async function findInTurn(prober: Prober, places: readonly Place[]): Promise<Found[]> {
  const watches = await Promise.all(
    places.map(({ target }) => prober.watch({ ...target, commandPath: '/usr/bin/perl' }, watchMs)),
  );
  const programs = places.map((place, index) => {
    const delayMs = settleMs + index * apartMs;
    const script = assetFile('test/fixtures/prober/listen.pl');
    return place.launch('/usr/bin/perl', [script, String(place.target.port), String(delayMs)]);
  });
  const found = await Promise.all(
    places.map(async (place, index) => {
      const result = await watches[index]?.result;
      if (!result) throw new Error('it was not watched');
      const openedAt = await place.noted('listening');
      return { openedAt, readyAt: readiness(result).readyAt };
    }),
  );
  await Promise.all(programs.map(({ exited }) => exited));
  return found.sort((a, b) => a.openedAt - b.openedAt);
}

export function lagsOf(found: readonly Found[]): number[] {
  return found.map(({ openedAt, readyAt }) => readyAt - openedAt);
}
