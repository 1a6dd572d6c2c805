import { expect, it } from 'vitest';
import { run } from '../../../runners/machine/command.ts';

it('tells the peak of a process itself, whatever the one that started it has taken', async () => {
  const ballast = Buffer.alloc(256 << 20, 1);
  const module = JSON.stringify(new URL('../../../bench/environment/peak-memory.ts', import.meta.url).href);
  const script = `import { peakRssBytes } from ${module}; console.log(peakRssBytes())`;
  const { stdout } = await run(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script]);
  const peak = Number(stdout);
  expect(peak).toBeGreaterThan(16 << 20);
  expect(peak).toBeLessThan(ballast.length);
});
