/** The program is Linux's own for x86-64, so this machine can run it as a guest does. Needs root. */
import { access, chmod, copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run, type CommandResult } from '../../../runners/machine/command.ts';
import {
  containerStartProgram,
  startComplaint,
  startProgram,
  takeOff,
  type ContainerStart,
  type GuestStart,
} from '../../../runners/shared/start-program.ts';

const isRoot = process.getuid?.() === 0;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tare-start-'));
  const root = join(folder, 'root');
  for (const path of ['bin', 'proc', 'srv/own']) await mkdir(join(root, path), { recursive: true });
  await copyFile('/bin/busybox', join(root, 'bin/busybox'));
  for (const name of ['sh', 'id', 'cat', 'pwd', 'env']) await symlink('busybox', join(root, 'bin', name));
  await chmod(join(root, 'srv/own'), 0o700);
  await writeFile(join(root, 'srv/no-program'), '');
});
afterAll(() => rm(folder, { recursive: true }));

function start(change: Partial<GuestStart> = {}): Buffer {
  return startProgram({
    ...{ root: join(folder, 'root'), workdir: '/', uid: 0, gid: 0, groups: [0], command: ['/bin/id'] },
    ...{ openFiles: { soft: 1024, hard: 4096 }, environment: {} },
    ...change,
  });
}

/** Runs it below a shell that ignores signals, as a guest's first program does; the line to the host is in stderr. */
async function started(change: Partial<GuestStart>): Promise<CommandResult> {
  const file = join(folder, 'start');
  await writeFile(file, start(change), { mode: 0o755 });
  const script = `trap '' INT QUIT; exec ${file} 3>&2`;
  return run('sh', ['-c', script], { accept: [0, 126, 127] });
}

describe.runIf(isRoot)('the program that becomes the workload', () => {
  it('takes on user, primary group and all others, which no file need list', async () => {
    const { stdout, stderr } = await started({ uid: 70_001, gid: 70_002, groups: [70_002, 5, 6] });
    expect(stdout).toBe('uid=70001 gid=70002 groups=5,6,70002');
    expect(stderr).toBe('mark exec');
  });

  it('passes on every name and value of the environment, and every argument, and nothing else', async () => {
    const environment = { 'a.b-c': 'one\ntwo', 'ä ': '$x `y`', EMPTY: '', IFS: 'x' };
    const { stdout } = await started({ environment, command: ['/bin/env'] });
    expect(stdout).toBe(
      Object.entries(environment)
        .map(([name, value]) => `${name}=${value}`)
        .join('\n'),
    );
    const script = 'for each; do echo "<$each>"; done';
    const words = await started({ command: ['/bin/sh', '-c', script, 'sh', '', "it's", 'a\nb', '😀'] });
    expect(words.stdout).toBe("<>\n<it's>\n<a\nb>\n<😀>");
  });

  it('ignores no signal, whatever its parent did, and has its limits of open files', async () => {
    const script = 'ulimit -Sn; ulimit -Hn; umask; while read -r line; do echo "$line"; done';
    const { stdout } = await started({
      command: ['/bin/sh', '-c', `${script} </../proc/self/status`],
      root: '/',
      openFiles: { soft: 77, hard: 4099 },
    });
    expect(stdout).toMatch(/^77\n4099\n0022\n/);
    expect(stdout).toMatch(/^SigIgn:\s0{16}$/m);
    expect(stdout).toMatch(/^SigBlk:\s0{16}$/m);
  });

  it('enters a working directory that only root may enter', async () => {
    expect((await started({ workdir: '/srv/own', uid: 1, gid: 1, command: ['/bin/pwd'] })).stdout).toBe(
      '/srv/own',
    );
  });

  it.each<[string, Partial<GuestStart>, number, string]>([
    ['program', { command: ['/bin/missing'] }, 127, 'exec 002'],
    ['right to execute it', { command: ['/srv/no-program'] }, 126, 'exec 013'],
    ['working directory', { workdir: '/missing' }, 127, 'workdir 002'],
  ])('tells the step and the error where it has no %s', async (_, change, code, told) => {
    const result = await started(change);
    expect(result.code).toBe(code);
    expect(result.stderr.split('\n').at(-1)).toBe(`not-started ${told}`);
  });
});

describe.runIf(isRoot)('the program that a container begins with', () => {
  const shell = ['/bin/sh', '-c'];

  /** In a mount namespace, with something mounted on `run` and words on standard input. */
  async function begun(change: Partial<ContainerStart>): Promise<CommandResult> {
    const file = join(folder, 'begin');
    const mounted = join(folder, 'run');
    await mkdir(mounted, { recursive: true });
    await writeFile(join(mounted, 'of the image'), '');
    const program = containerStartProgram({
      ...{ workdir: '/', uid: 0, gid: 0, groups: [0], command: ['/bin/true'], environment: {} },
      ...{ first: [takeOff(mounted)], files: [file], output: null, capabilities: [0, 6, 7] },
      ...change,
    });
    await writeFile(file, program, { mode: 0o700, flag: 'w' });
    const script = `mount -t tmpfs over ${mounted}; exec ${file}`;
    return run('unshare', ['--mount', 'sh', '-c', script], { accept: [0, 126, 127], input: 'unread' });
  }

  it('has the declared environment alone, and nothing on its standard input', async () => {
    const environment = { 'a.b': 'one\ntwo', container: '' };
    const { stdout } = await begun({ environment, command: ['/usr/bin/env', '-0'] });
    expect(stdout.split('\0').slice(0, -1)).toEqual(['a.b=one\ntwo', 'container=']);
    expect((await begun({ command: ['/bin/cat'] })).stdout).toBe('');
  });

  it('has the declared capabilities alone, and none as another user', async () => {
    const sets = async (change: Partial<ContainerStart>): Promise<string[]> => {
      const { stdout } = await begun({ ...change, command: ['/bin/grep', '^Cap', '/proc/self/status'] });
      return stdout.split('\n').map((line) => line.split('\t')[1]?.slice(-3) ?? '');
    };
    // Inherited, permitted, effective, bounding, ambient: bits 0, 6 and 7.
    expect(await sets({})).toEqual(['000', '0c1', '0c1', '0c1', '000']);
    expect(await sets({ uid: 70_001 })).toEqual(['000', '000', '000', '0c1', '000']);
  });

  it('takes off what is mounted over the image, and removes itself', async () => {
    const { stdout } = await begun({ command: ['/bin/ls', join(folder, 'run')] });
    expect(stdout).toBe('of the image');
    await expect(access(join(folder, 'begin'))).rejects.toThrow(/ENOENT/);
  });

  it('prints where it is told to, words and errors', async () => {
    const output = join(folder, 'output');
    await writeFile(output, '');
    const { stdout, stderr } = await begun({ output, command: [...shell, 'echo words; echo errors >&2'] });
    expect([stdout, stderr]).toEqual(['', '']);
    expect(await readFile(output, 'utf8')).toBe('words\nerrors\n');
  });

  it('says what failed as its last words', async () => {
    const { code, stderr } = await begun({ command: ['/bin/missing'] });
    expect(code).toBe(127);
    expect(startComplaint(stderr.split('\n'))).toBe(
      'the workload was not started: its program could not be executed: no such file or directory',
    );
    expect(startComplaint(['Tare: not-started exec 002', 'more of the workload'])).toBeNull();
  });
});

it.each([[['program']], [[]]])('refuses the command %j', (command) => {
  expect(() => start({ command })).toThrow(/must begin with an absolute path/);
});

it('refuses text with a NUL byte, for no program can be given it', () => {
  expect(() => start({ environment: { A: 'x\0y' } })).toThrow(/NUL/);
});
