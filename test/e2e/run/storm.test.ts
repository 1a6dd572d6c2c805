/** A short storm, the same each time: `npm run test:storm` draws longer ones. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { drawMoments, momentText } from '../../storm/moment.ts';
import { rideOut } from '../../storm/ride-out.ts';

/** Draws a shim, a disk and a prober. */
const seed = 122;
let temporary: string;
beforeAll(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'tare-test-'));
});
afterAll(() => rm(temporary, { recursive: true, force: true }));

it.each(
  drawMoments(seed, 3, { commands: ['run'], platforms: ['runc'] }).map(
    (moment) => [momentText(moment), moment] as const,
  ),
)('%s: nothing is left or lost, and the run goes on', async (_, moment) => {
  const { met, findings } = await rideOut(moment, { temporary });
  expect(findings, met).toEqual([]);
});
