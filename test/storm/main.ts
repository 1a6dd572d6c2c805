/**
 * `npm run test:storm -- --seed N --count N`: runs, densities and checks meet kills, signals, full disks and little memory at
 * moments that the seed draws. A line for each moment, and exit code 1 where anything was found.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monotonicMs } from '../../runners/machine/clock.ts';
import { parseStorm, usage, type StormOptions } from './arguments.ts';
import { drawMoments, momentText } from './moment.ts';
import { rideOut } from './ride-out.ts';
import { buildTare } from '../support/tare.ts';

let isEnding = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  // Not once: whatever else listens would take itself for the last one, and end the process.
  process.on(signal, () => {
    if (isEnding) process.exit(130);
    isEnding = true;
    console.error('ending after this moment; once more ends at once, and leaves things behind');
  });
}
try {
  process.exitCode = await storm(parseStorm(process.argv.slice(2), () => 1 + (Date.now() % 1_000_000)));
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  process.exitCode = 2;
}

/** @returns the exit code; 0: every moment was ridden out */
async function storm({ seed, count, only, minutes, weather }: StormOptions): Promise<number> {
  const moments = drawMoments(seed, count, weather).filter(({ number }) => only === null || number === only);
  const temporary = await mkdtemp(join(tmpdir(), 'tare-storm-'));
  await buildTare();
  const world = { temporary };
  const beganAt = monotonicMs();
  const minutesGone = (): number => (monotonicMs() - beganAt) / 60_000;
  let [ridden, missed, found] = [0, 0, 0];
  try {
    for (const moment of moments) {
      if (isEnding || minutesGone() > minutes) break;
      const momentAt = monotonicMs();
      const { met, findings } = await rideOut(moment, world);
      const seconds = ((monotonicMs() - momentAt) / 1000).toFixed(0);
      ridden += 1;
      if (met.startsWith('it had ended')) missed += 1;
      found += findings.length;
      const verdict = findings.length === 0 ? 'ok' : `${findings.length} FOUND`;
      console.log(
        `seed ${seed} moment ${moment.number}: ${momentText(moment)}; ${met}; ${seconds} s: ${verdict}`,
      );
      for (const finding of findings) console.log(`  ${finding}`);
    }
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  const cut = ridden < moments.length ? ` of ${moments.length}, ended early` : '';
  console.log(
    `seed ${seed}: ${ridden} moments${cut} in ${minutesGone().toFixed(0)} minutes, ${missed} of them after the end; ${found} findings`,
  );
  return found > 0 || ridden < moments.length ? 1 : 0;
}
