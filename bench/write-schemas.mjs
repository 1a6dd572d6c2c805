/** The end of the build: puts the JSON Schemas beside the program, where editors find them (`tare init`). */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const dist = join(import.meta.dirname, '..', 'dist');
mkdirSync(join(dist, 'schema'), { recursive: true });
const subjects = ['scenario', 'record', 'comparison', 'history', 'claims', 'fleet', 'fleet-comparison'];
for (const subject of subjects) {
  const schema = execFileSync(process.execPath, [join(dist, 'bench/cli.js'), 'schema', subject]);
  writeFileSync(join(dist, 'schema', `${subject}.schema.json`), schema);
}
