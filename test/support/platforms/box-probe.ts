/** A workload that reports what it found in its box, and the images that it is run from. */
import { chmod, chown, copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Payload } from '../../../runners/payload/payload.ts';
import type { Launch } from '../../../runners/runner.ts';
import { systemCalls } from '../../../runners/shared/system-calls.ts';
import { box } from '../../fixtures/launch.ts';
import { busyboxPayload } from '../../runners/machine/local-run.ts';

/** What was found: a line of the report is a name and a value. */
export type Report = ReadonlyMap<string, string>;

export interface Variant {
  payload(root: string): Promise<Payload>;
  launch: Launch;
}

const launch: Launch = {
  command: ['/bin/busybox', 'sh', '/srv/probe.sh'],
  environment: {},
  user: 'root',
  workdir: '/srv/data',
  box,
  port: 8080,
  stopSignal: 'SIGTERM',
  logMarks: [],
};

/** Names that no shell takes for its own, and names that every shell takes for its own. */
export const oddEnvironment: Record<string, string> = {
  'discovery.type': 'single-node',
  'my-app-name': 'dashes',
  'a name': ' blanks ',
  '9lives': '9',
  LINES: 'one\ntwo\n',
  QUOTES: `'"\\$HOME\`x\``,
  EQUALS: 'a=b=c',
  EMPTY: '',
  UNICODE: 'päyload ✓',
  word: 'w',
  when: 'w',
  IFS: 'x',
  PWD: '/elsewhere',
  OLDPWD: '/before',
  SHLVL: '7',
  _: 'underscore',
  LD_PRELOAD: '/srv/missing.so',
  LD_LIBRARY_PATH: '/srv',
  PATH: '/bin:/usr/bin',
};

export const variants = {
  /** An image that asks for nothing and brings nothing: root, no /etc/hosts. */
  plain: { payload: (root) => probePayload(root), launch },
  /** A user with groups, an odd environment, files of the network that are links into nowhere, a folder behind links. */
  odd: {
    payload: async (root) => {
      const payload = await probePayload(root);
      await symlink('/nowhere/hosts', join(root, 'etc/hosts'));
      await symlink('../../../../../run/nowhere/resolv.conf', join(root, 'etc/resolv.conf'));
      await writeFile(join(root, 'etc/hostname'), '');
      await symlink('/srv/links/second', join(root, 'srv/first'));
      await mkdir(join(root, 'srv/links'));
      await symlink('../../../../../../srv/data', join(root, 'srv/links/second'));
      return payload;
    },
    launch: {
      ...launch,
      environment: oddEnvironment,
      user: 'guest',
      workdir: '/srv/first',
      box: {
        openFiles: { soft: 512, hard: 2048 },
        seccomp: 'none',
        shmSizeBytes: 8 * 2 ** 20,
        hostname: 'odd-box',
      },
    },
  },
} as const satisfies Record<string, Variant>;

async function probePayload(root: string): Promise<Payload> {
  const payload = await busyboxPayload(root);
  await copyFile(
    fileURLToPath(new URL('../../fixtures/box/probe.sh', import.meta.url)),
    join(root, 'srv/probe.sh'),
  );
  await symlink('busybox', join(root, 'bin/sh'));
  await chmod(join(root, 'srv/www'), 0o777);
  for (const folder of ['run', 'var', 'root', 'home/guest'])
    await mkdir(join(root, folder), { recursive: true });
  await chown(join(root, 'home/guest'), 4711, 4712);
  await symlink('/run', join(root, 'var/run'));
  await mkdir(join(root, 'srv/calls'));
  for (const [name, number] of Object.entries(probedCalls)) {
    await writeFile(join(root, 'srv/calls', name), tellError(number), { mode: 0o755 });
  }
  for (const folder of ['tmp', 'run']) await writeFile(join(root, folder, 'kept'), '');
  await writeFile(
    join(root, 'etc/group'),
    'root:x:0:\nguest:x:4712:\nlogs:x:4713:guest\nothers:x:4714:root\nboth:x:4715:www,guest,root\n',
  );
  return payload;
}

/** Calls that do nothing without arguments, by their numbers; Linux has none of the second. */
const probedCalls = { vmsplice: 278, unknown: 4000 };

/** A program that prints the number of the error that a call fails with, or `none`. */
function tellError(number: number): Buffer {
  const call = { call: number, arguments: [1, 0, 0, 0], complaint: '' };
  const none = { call: 'write' as const, arguments: [1, 'none', 4], complaint: null };
  const end = { call: 'exit_group' as const, arguments: [0], complaint: null };
  return systemCalls([call, none, end], 1);
}

export function parseReport(text: string): Report {
  return new Map(
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}

/** A value that may have line feeds. */
export function textIn(report: Report, name: string): string {
  return Buffer.from(report.get(name) ?? '', 'base64').toString();
}
