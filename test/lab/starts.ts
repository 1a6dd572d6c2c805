/**
 * `npm run test:lab-starts [-- COUNT]`: so many starts of VMs under KVM in labs, one after the other and without a person, and how
 * many labs hung meanwhile. Needs the build. A hundred take most of an hour under emulation.
 */
import { readFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { start } from '../../runners/machine/command.ts';
import type { RunRecord } from '../../bench/record/schema.ts';

const platforms = ['vm', 'microvm'];
const count = Number(process.argv[2] ?? 100);
if (!Number.isInteger(count) || count < platforms.length) {
  throw new Error(`expected a number of starts from ${platforms.length} up, got ${process.argv[2] ?? ''}`);
}
const cli = fileURLToPath(new URL('../../dist/bench/cli.js', import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'tare-lab-starts-'));
try {
  const out = join(folder, 'run');
  const what = ['--platform', platforms.join(','), '--measure', 'startup', '--out', out];
  // Each platform starts once more to warm up.
  const samples = String(Math.ceil(count / platforms.length) - 1);
  const beganAt = Date.now();
  const run = start(process.execPath, [cli, 'lab', 'run', 'tiny', '--samples', samples, ...what]);
  run.stdout.resume();
  run.stderr.pipe(process.stderr);
  const { code } = await run.exited;
  const record = JSON.parse(await readFile(join(out, 'run.json'), 'utf8')) as RunRecord;
  const events = (await readFile(join(out, 'events.ndjson'), 'utf8')).trim().split('\n');
  const starts = events.filter((line) => (JSON.parse(line) as { type: string }).type === 'step').length;
  const restarts = record.lab?.restarts ?? [];
  for (const { at, reason } of restarts) console.log(`hang at ${at}: ${reason}`);
  const minutes = Math.round((Date.now() - beganAt) / 60_000);
  console.log(
    `${starts} starts in ${minutes} min: ${restarts.length} hangs of the lab, all healed: ${code === 0 ? 'yes' : 'no'}; ` +
      `${record.failures.length} failed starts; exit code ${code ?? 'none'}`,
  );
  process.exitCode = code ?? 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
