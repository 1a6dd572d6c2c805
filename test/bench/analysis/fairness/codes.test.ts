import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fairnessCodes } from '../../../../bench/analysis/fairness/codes.ts';

it('docs/fairness.md lists every code with its level, and none that there is not', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../../docs/fairness.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `([\w-]+)` +\| (error|warn|note) +\|/gm)];
  const documented = rows.map(([, code, level]) => [code, level]).sort();
  expect(documented).toEqual(
    Object.entries(fairnessCodes)
      .map(([code, { level }]) => [code, level])
      .sort(),
  );
});
