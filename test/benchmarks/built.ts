/** The program as built, timed from outside. */
import { pathToFileURL } from 'node:url';
import { assetFile } from '../../runners/machine/asset.ts';
import { monotonicMs } from '../../runners/machine/clock.ts';
import { run } from '../../runners/machine/command.ts';
import type { Sandbox } from '../support/tare.ts';

const cli = assetFile('dist/bench/cli.js');
/** Prints what the program took at most, as the last line of stderr. */
const rssReporter = `data:text/javascript,${encodeURIComponent(
  `import { peakRssBytes } from ${JSON.stringify(pathToFileURL(assetFile('dist/bench/environment/peak-memory.js')).href)};
   process.on('exit', () => console.error('peakRssBytes=' + peakRssBytes()));`,
)}`;

export async function runBuilt(
  box: Sandbox,
  args: readonly string[],
): Promise<{ durationMs: number; maxRssMiB: number }> {
  const beganAt = monotonicMs();
  const { stderr } = await run(process.execPath, ['--import', rssReporter, cli, ...args], {
    cwd: box.folder,
    env: box.env,
  });
  const durationMs = monotonicMs() - beganAt;
  return { durationMs, maxRssMiB: Number(/peakRssBytes=(\d+)/.exec(stderr)?.[1]) / 2 ** 20 };
}
