import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  imageCommand,
  imageEnvironment,
  imagePort,
  imageStopSignal,
} from '../../../../runners/payload/source/image-command.ts';
import type { SourceImageConfig } from '../../../../runners/payload/payload.ts';
import { temporaryFolder } from '../trees.ts';

const nothing: SourceImageConfig = {
  entrypoint: [],
  command: [],
  environment: {},
  user: '',
  workdir: '',
  tcpPorts: [],
  stopSignal: '',
  volumes: [],
};

/** A root with programs, and a link to a folder of programs that is absolute inside the root. */
async function rootWith(...programs: string[]): Promise<string> {
  const root = await temporaryFolder();
  for (const program of programs) {
    await mkdir(join(root, program, '..'), { recursive: true });
    await writeFile(join(root, program), '');
    await chmod(join(root, program), 0o755);
  }
  return root;
}

describe('the command', () => {
  const start = { path: '/usr/local/bin:/bin', workdir: '/srv' };

  test.each<[string, Partial<SourceImageConfig>, string[]]>([
    ['entrypoint and command', { entrypoint: ['/bin/a', '-x'], command: ['b'] }, ['/bin/a', '-x', 'b']],
    ['a command alone', { command: ['/bin/a', 'b'] }, ['/bin/a', 'b']],
    ['a name on the PATH', { entrypoint: ['a'] }, ['/bin/a']],
    ['the first on the PATH', { entrypoint: ['both'] }, ['/usr/local/bin/both']],
    ['relative to the working directory', { entrypoint: ['./run'] }, ['/srv/run']],
    ['behind a link that is absolute', { entrypoint: ['/sbin/a'] }, ['/sbin/a']],
  ])('%s', async (_, config, command) => {
    const root = await rootWith('bin/a', 'bin/both', 'usr/local/bin/both', 'srv/run');
    await symlink('/bin', join(root, 'sbin'));
    expect(await imageCommand({ ...nothing, ...config }, 'shop', { root, ...start })).toEqual(command);
  });

  test.each<[string, Partial<SourceImageConfig>, RegExp]>([
    ['nothing', {}, /^The image shop has neither an entrypoint nor a command\. State "command"/],
    [
      'what is not there',
      { command: ['b'] },
      /would start b, which is not a program .*\/usr\/local\/bin, \/bin/,
    ],
    [
      'what nobody may execute',
      { command: ['/bin/data'] },
      /would start \/bin\/data, which is not a program/,
    ],
    ['an empty word', { entrypoint: ['', 'x'] }, /has neither an entrypoint nor a command/],
    ['a folder', { command: ['/bin'] }, /would start \/bin, which is not a program/],
  ])('%s is none', async (_, config, message) => {
    const root = await rootWith('bin/a', 'bin/data');
    await chmod(join(root, 'bin/data'), 0o644);
    await expect(imageCommand({ ...nothing, ...config }, 'shop', { root, ...start })).rejects.toThrow(
      message,
    );
  });
});

test('the environment has a PATH, the image’s own where it sets one', () => {
  expect(imageEnvironment(nothing)).toEqual({
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  });
  const environment = { PATH: '/own', LANG: 'C' };
  expect(imageEnvironment({ ...nothing, environment })).toEqual(environment);
});

test('the port is the only one that is exposed', () => {
  expect(imagePort({ ...nothing, tcpPorts: [8080] }, 'shop')).toBe(8080);
  expect(() => imagePort(nothing, 'shop')).toThrow(/exposes no TCP port\. State "port"/);
  expect(() => imagePort({ ...nothing, tcpPorts: [80, 443] }, 'shop')).toThrow(
    /several TCP ports \(80, 443\)/,
  );
  expect(() => imagePort({ ...nothing, tcpPorts: [80, 9000, 9001, 9002] }, 'shop')).toThrow(
    /several TCP ports \(80, 9000-9002\)/,
  );
});

test.each([
  ['', 'SIGTERM'],
  ['SIGQUIT', 'SIGQUIT'],
  ['QUIT', 'SIGQUIT'],
  ['3', 'SIGQUIT'],
  ['quit', 'SIGQUIT'],
  ['sigQuit', 'SIGQUIT'],
  ['9', 'SIGKILL'],
  ['SIGRTMIN+3', '37'],
  ['rtmin+3', '37'],
  ['37', '37'],
  ['RTMIN', '34'],
  ['RTMAX-1', '63'],
  ['CLD', 'SIGCHLD'],
])('the stop signal "%s" is %s', (stopSignal, name) => {
  expect(imageStopSignal({ ...nothing, stopSignal }, 'shop')).toBe(name);
});

test.each(['SIGWHATEVER', '0', '65', 'RTMIN+31', 'RTMAX+1', '-1'])(
  'the stop signal "%s" is none of Linux',
  (stopSignal) => {
    expect(() => imageStopSignal({ ...nothing, stopSignal }, 'shop')).toThrow(
      /wants to be stopped with .* no signal of Linux\. State "stop-signal"/,
    );
  },
);
