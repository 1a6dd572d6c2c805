import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({ optionalDependencies: z.record(z.string(), z.string()).optional() }),
  ),
});

// npm leaves out the builds for other platforms that it could not find, and `npm ci` then refuses the file.
it('the lock file holds every optional dependency', () => {
  const { packages } = lockSchema.parse(JSON.parse(readFileSync('package-lock.json', 'utf8')));
  const asked = Object.values(packages).flatMap((each) => Object.keys(each.optionalDependencies ?? {}));
  const held = Object.keys(packages).map((path) => path.split('node_modules/').at(-1));
  expect(asked.filter((name) => !held.includes(name))).toEqual([]);
  expect(asked).not.toEqual([]);
});
