import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { unlistedReporters } from '../support/unlisted-reporters.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

it('Every reporter has a line in a table of reporters', async () => {
  expect(await unlistedReporters(root)).toEqual([]);
});

it('A reporter without its line is found', async () => {
  const without = new Map([
    ['reports/index.ts', 'export const reporters = {\n} satisfies Record<string, Reporter>;'],
  ]);
  expect(await unlistedReporters(root, without)).toContain('reports/formats/junit.ts: junit');
});
