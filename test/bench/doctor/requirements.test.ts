import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { requirements } from '../../../bench/doctor/requirements.ts';

/** Of packages that no Debian system can be without, beside another of the list, or (modprobe) not missed. */
const alwaysThere = ['sh', 'cat', 'mkfifo', 'cp', 'rm', 'du', 'sync', 'umount', 'modprobe', 'sha256sum'];

/** Places where a program's name is written out: `run('ip', …`, `start('setpriv', …`, `['tar', args]`. */
const mention = /\b(?:run|start|requireProgram)\(\s*'([a-z][\w.-]*)'|\['([a-z][\w.-]*)', (?:args|\[)/g;

it('knows every program that the sources start', () => {
  const named = new Set<string>();
  for (const room of ['runners', 'bench']) {
    for (const file of readdirSync(room, { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.ts') || file.startsWith('doctor')) continue;
      for (const match of readFileSync(join(room, file), 'utf8').matchAll(mention)) {
        named.add(match[1] ?? match[2] ?? '');
      }
    }
  }
  const known = [...requirements.flatMap((requirement) => requirement.names), ...alwaysThere];
  expect([...named].filter((name) => !known.includes(name))).toEqual([]);
  // What the pattern must have seen, or it is the pattern that no longer fits the sources.
  expect([...named]).toEqual(expect.arrayContaining(['ip', 'getfattr', 'tar', 'setpriv']));
});
