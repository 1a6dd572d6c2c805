/** The end of the build: puts the manual page beside the program, where `npm install --global` takes it from. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const dist = join(import.meta.dirname, '..', 'dist');
mkdirSync(join(dist, 'man'), { recursive: true });
const page = execFileSync(process.execPath, [join(dist, 'bench/cli.js'), 'man']);
writeFileSync(join(dist, 'man/tare.1'), page);
