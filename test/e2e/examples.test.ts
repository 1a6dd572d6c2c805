/** Examples run as their README says: some on a bare process, two of them in runc too; everywhere all of them in both. */
import { cp, readdir, readFile, stat } from 'node:fs/promises';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunRecord } from '../../bench/record/schema.ts';
import { run } from '../../runners/machine/command.ts';
import { findProgram } from '../../runners/machine/programs.ts';
import { leftovers } from '../support/leftovers.ts';
import { isEverywhere } from '../support/platforms/everywhere.ts';
import { makeSandbox, tare, type Sandbox } from '../support/tare.ts';

const examples = fileURLToPath(new URL('../../examples', import.meta.url));
const names = readdirSync(examples, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
/** test/e2e/cli/package.test.ts runs it where Tare is installed. */
const scenarios = names.filter((name) => name !== 'library');
/** These build a program or show how to configure one; those of interpreters differ in little from them. */
const always = ['jar', 'nginx', 'static-binary'];
const tried = isEverywhere ? scenarios : always;
const hasJdk = (await findProgram('javac')) !== null;

/** To pack the hundreds of megabytes of the others as an image takes most of the time, and shows nothing of the example. */
const inContainer = ['nginx', 'static-binary'];

let box: Sandbox;
beforeAll(async () => {
  box = await makeSandbox();
  await cp(examples, join(box.folder, 'examples'), { recursive: true });
});
afterAll(async () => {
  expect(await leftovers(box)).toEqual([]);
  await box.remove();
});

describe('An example', () => {
  it('stands in the README, and says in its first line what it is', async () => {
    const readme = await readFile(join(examples, 'README.md'), 'utf8');
    for (const name of names) expect(readme).toContain(`[${name}](${name}/)`);
    for (const name of scenarios)
      expect(await readFile(join(examples, name, 'scenario.yaml'), 'utf8')).toMatch(/^# \w/);
  });

  it.each(tried.filter((name) => name !== 'jar' || hasJdk))('runs: %s', runsExample);

  it.skipIf(hasJdk)('runs: jar (skipped: there is no javac, which its build.sh needs)', () => undefined);
});

async function runsExample(name: string): Promise<void> {
  const folder = join(box.folder, 'examples', name);
  const isBuilt = (await readdir(folder)).includes('build.sh');
  if (isBuilt) await run(join(folder, 'build.sh'), []);
  expect(isBuilt).toBe(['jar', 'static-binary'].includes(name));
  const platforms = isEverywhere || inContainer.includes(name) ? ['process', 'runc'] : ['process'];
  const args = ['run', `examples/${name}/scenario.yaml`, '--platform', platforms.join(), '--samples', '1'];
  const { code, stdout, stderr } = await tare(box, [...args, '--out', `out-${name}`, '--json']);
  expect(code, stderr).toBe(0);
  const record = JSON.parse(stdout) as RunRecord;
  const ready = record.results.filter(({ metric }) => metric === 'startup.ready');
  expect(ready.map(({ platform, summary }) => [platform, summary.n])).toEqual(
    platforms.map((platform) => [platform, 1]),
  );
  expect((await stat(join(box.folder, `out-${name}`, 'report.html'))).size).toBeGreaterThan(10_000);
}
