import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

it('`npm run test:everywhere` runs every file that leaves a platform out otherwise, and the documentation names it', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const run = scripts['test:everywhere']?.split(' ').filter((word) => word.startsWith('test/e2e/'));
  const files = readdirSync(join(root, 'test/e2e'), { recursive: true })
    .map((name) => join('test/e2e', String(name)))
    .filter((name) => name.endsWith('.test.ts'));
  const leavesOut = files.filter((file) =>
    /\/(everywhere|conformance-cases|box-cases)\.ts'/.test(read(file)),
  );
  expect(run?.sort()).toEqual(leavesOut.sort());
  const page = read('docs/contributing/tests.md');
  for (const file of leavesOut) expect(page).toContain(`\`${file.replace('test/e2e/', '')}\``);
});
