/** The program inside the lab: runs the conformance suite, and tells what it prints over the line. */
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { clearInterval, setInterval } from 'node:timers';
import { tsImport } from 'tsx/esm/api';

const { cases, args } = JSON.parse(readFileSync('/run/tare-lab/session.json', 'utf8'));
const line = createWriteStream('/dev/vport0p1', { flags: 'r+' });
const send = (message) => line.write(`${JSON.stringify(message)}\n`);
const alive = setInterval(() => send({ type: 'alive' }), 3000);
send({ type: 'hello', uptimeMs: Number(process.hrtime.bigint()) / 1e6 });
send({ type: 'end', error: await test().catch((error) => ({ message: String(error), exitCode: 4 })) });
clearInterval(alive);
line.end();

async function test() {
  const { run, start } = await tsImport('/opt/tare/package/runners/machine/command.ts', import.meta.url);
  // Tests write beside the packages, which are on a read-only disk.
  const [upper, work, merged] = ['upper', 'work', 'package'].map((name) => `/root/tests/${name}`);
  for (const folder of [upper, work, merged]) mkdirSync(folder, { recursive: true });
  const layers = `lowerdir=/opt/tare/package,upperdir=${upper},workdir=${work}`;
  await run('mount', ['-t', 'overlay', 'overlay', '-o', layers, merged]);
  const vitest = [
    ...['node_modules/vitest/vitest.mjs', 'run', '--project', 'e2e', '--reporter', 'verbose'],
    // To pack an image takes three minutes where the processor is emulated and the machine has other work.
    ...['--testTimeout', '1800000', '--hookTimeout', '1800000'],
  ];
  const { stdout, stderr, exited } = start(
    process.execPath,
    [...vitest, 'test/e2e/platforms/conformance.test.ts', ...args],
    { cwd: merged, env: { NO_COLOR: '1', TARE_CONFORMANCE: cases } },
  );
  for (const stream of [stdout, stderr]) {
    createInterface(stream).on('line', (message) => send({ type: 'say', level: 'progress', message }));
  }
  const { code } = await exited;
  return code === 0 ? null : { message: `vitest ended with exit code ${code}`, exitCode: 4 };
}
