import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { run, start } from '../../../runners/machine/command.ts';
import { createLauncher, lineUp } from '../../../runners/shared/launch.ts';
import { openFileLimit } from '../../../runners/machine/resource-limits.ts';
import { findProgram, missingPrograms, requireProgram } from '../../../runners/machine/programs.ts';

async function launched(args: string[], joinFiles: string[], env: Record<string, string>): Promise<string> {
  const launcher = await createLauncher(joinFiles);
  const running = start(launcher.program, [...launcher.args, ...args], { env, cleanEnv: true });
  let output = '';
  running.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  running.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const { code } = await running.exited;
  return `${output}pid ${running.pid} exit ${code ?? 'none'}`;
}

it('hands over exactly the declared environment, and stays one process', async () => {
  const output = await launched(['/usr/bin/env'], [], { A: 'one two', B: '$HOME `x`' });
  expect(output).toMatch(/^A=one two\nB=\$HOME `x`\npid \d+ exit 0$/);
  const own = await launched(['/bin/readlink', '/proc/self'], [], {});
  expect(own).toMatch(/^(\d+)\npid \1 exit 0$/);
});

it('gives the limits of open files that are asked for, and no more than this machine may hand out', async () => {
  const asked = { soft: 100, hard: 200 };
  expect(await openFileLimit(asked)).toEqual(asked);
  const { soft, hard } = await openFileLimit({ soft: 64, hard: 2 ** 40 });
  expect(soft).toBe(64);
  // The kernel takes it as it is.
  await run('prlimit', [`--nofile=${soft}:${hard}`, 'true']);
});

it('joins first, and starts nothing when it cannot', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tare-launch-'));
  try {
    const [one, two] = [join(folder, 'one'), join(folder, 'two')];
    await Promise.all([writeFile(one, ''), writeFile(two, '')]);
    expect(await launched(['/bin/echo', 'started'], [one, two], {})).toMatch(/^started\n/);
    expect(await readFile(one, 'utf8')).toBe('0\n');
    expect(await readFile(two, 'utf8')).toBe('0\n');
    const output = await launched(['/bin/echo', 'started'], [join(folder, 'missing', 'file')], {});
    expect(output).not.toContain('started');
    expect(output).toMatch(/launch\.sh: .*missing\/file[^]*exit 2$/);
  } finally {
    await rm(folder, { recursive: true });
  }
});

it('starts as a user who may not enter the folder of this program', async () => {
  const hidden = ['unshare', '--mount', 'sh', '-c', 'mount -t tmpfs -o mode=700 none "$0" && exec "$@"'];
  const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--'];
  const launcher = await createLauncher([]);
  const [program = '', ...args] = [
    ...[...hidden, join(import.meta.dirname, '../../..'), ...nobody],
    ...[launcher.program, ...launcher.args, 'id', '-u'],
  ];
  const { stdout } = await run(program, args, { cwd: '/' });
  expect(stdout.trim()).toBe('65534');
});

it('finds programs, and says which are missing', async () => {
  expect(await findProgram('sh')).toMatch(/^\/.*\/sh$/);
  expect(await findProgram('/etc/passwd')).toBeNull();
  expect(await missingPrograms(['sh', 'no-such-program'])).toEqual(['no-such-program']);
  await expect(requireProgram('no-such-program')).rejects.toThrow(/no-such-program is not installed/);
});

it('waits on the starting line until it is told to go, and is one process from then on', async () => {
  const launcher = await createLauncher([], 'wait');
  const waiting = await lineUp(
    launcher.program,
    [...launcher.args, '/bin/readlink', '/proc/self'],
    tmpdir(),
    {
      env: {},
      cleanEnv: true,
    },
  );
  let output = '';
  waiting.command.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  // Whether it is the launcher that waits, the kernel knows; nothing was printed by what follows it.
  expect(await readFile(`/proc/${waiting.command.pid}/cmdline`, 'utf8')).toContain('launch.sh');
  expect(output).toBe('');
  waiting.go();
  await waiting.command.exited;
  expect(output.trim()).toBe(String(waiting.command.pid));
});

it('has what goes to either stream in one, in the order in which it was written', async () => {
  const launcher = await createLauncher([], 'wait');
  const script = 'for each in 1 2 3 4 5; do echo "out $each"; echo "err $each" >&2; done';
  const waiting = await lineUp(launcher.program, [...launcher.args, '/bin/sh', '-c', script], tmpdir());
  const heard = { out: '', err: '' };
  waiting.command.stdout.on('data', (chunk: Buffer) => (heard.out += chunk.toString()));
  waiting.command.stderr.on('data', (chunk: Buffer) => (heard.err += chunk.toString()));
  waiting.go();
  await waiting.command.exited;
  const expected = [1, 2, 3, 4, 5].map((each) => `out ${each}\nerr ${each}\n`).join('');
  expect(heard).toEqual({ out: expected, err: '' });
});

it('says what a launcher said that ended before it stood on the line', async () => {
  await expect(lineUp('/bin/ls', ['/nowhere-at-all'], tmpdir())).rejects.toThrow(
    /ended at once: .*No such file/,
  );
});
