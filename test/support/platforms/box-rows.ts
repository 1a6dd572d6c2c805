/**
 * What a workload may expect of its box: a row is one expectation, and holds on every platform. Where a platform must differ, it
 * says so in `boxCases`, with the code of the fairness finding that tells users.
 */
import { readFile, readlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { FairnessCodeName } from '../../../bench/analysis/fairness/codes.ts';
import { openFileLimit } from '../../../runners/machine/resource-limits.ts';
import { defaultPath } from '../../../runners/shared/payload-launch.ts';
import type { Instance } from '../../../runners/runner.ts';
import { oddEnvironment, textIn, variants, type Report } from './box-probe.ts';

export interface Seen {
  report: Report;
  instance: Instance;
  /** Whether the kernel is the machine's own. */
  sharesKernel: boolean;
  memoryBytes: number;
}

interface Row {
  title: string;
  check: (seen: { plain: Seen; odd: Seen }) => Promise<void> | void;
}

/** Capabilities that docker gives, by their numbers. */
const dockerCapabilities = [0, 1, 3, 4, 5, 6, 7, 8, 10, 13, 18, 27, 29, 31];
const dockerMask = dockerCapabilities.reduce((mask, bit) => mask | (1n << BigInt(bit)), 0n);
const capabilities = dockerMask.toString(16).padStart(16, '0');

const dockerDevices = [
  ...['fd', 'full', 'mqueue', 'null', 'ptmx', 'pts', 'random', 'shm', 'stderr', 'stdin', 'stdout'],
  ...['tty', 'urandom', 'zero'],
];

export const rows = {
  stdout: {
    title: 'lets its user, root or not, open its output again by name, and keeps what is written there',
    async check({ plain, odd }) {
      for (const { report, instance } of [plain, odd]) {
        for (const way of ['/dev/stdout', '/dev/stderr', '/proc/self/fd/1', '/proc/self/fd/2']) {
          expect.soft([way, report.get(`opens ${way}`)]).toEqual([way, 'yes']);
          await logged(instance, `written again to ${way}`);
        }
      }
    },
  },
  others: {
    title: 'lets any other user open its output again by name, too',
    async check({ plain: { report, instance } }) {
      for (const way of ['/dev/stdout', '/dev/stderr']) {
        expect.soft([way, report.get(`lets another user open ${way}`)]).toEqual([way, 'yes']);
        await logged(instance, `another user writes to ${way}`);
      }
    },
  },
  stdin: {
    title: 'has an empty standard input and no other open files',
    check: ({ plain, odd }) => {
      for (const { report } of [plain, odd]) {
        expect.soft(report.get('bytes of standard input')).toBe('0');
        // One of them is what the shell keeps while it looks.
        expect.soft(report.get('open files'), textIn(report, 'files')).toBe('4');
      }
    },
  },
  signals: {
    // The shell of the workload itself ignores SIGQUIT.
    title: 'ignores and blocks no signal',
    check: ({ plain, odd }) => {
      for (const { report } of [plain, odd]) {
        expect
          .soft([report.get('SigIgn'), report.get('SigBlk')])
          .toEqual([`${'0'.repeat(15)}4`, '0'.repeat(16)]);
      }
    },
  },
  names: {
    title: 'resolves localhost and its own name, whatever the image brings',
    check: ({ plain, odd }) => {
      for (const [{ report }, name] of [
        [plain, 'box'],
        [odd, 'odd-box'],
      ] as const) {
        expect.soft(report.get('hostname')).toBe(name);
        // Podman leaves the line feed out.
        expect.soft(textIn(report, 'hostname file').trimEnd()).toBe(name);
        const hosts = textIn(report, 'hosts')
          .split('\n')
          .map((line) => line.trim().split(/\s+/));
        expect
          .soft(hosts.filter(([, ...names]) => names.includes('localhost')).map(([address]) => address))
          .toContain('127.0.0.1');
        const own = hosts.filter(([, ...names]) => names.includes(name)).map(([address]) => address);
        expect.soft(own).toEqual([report.get('address')]);
        // Whatever is in it, it is there to be read.
        expect.soft(report.get('resolv.conf')).toBeDefined();
      }
    },
  },
  environment: {
    title: 'has exactly the environment that image and workload say, with PATH, HOME and HOSTNAME',
    check: ({ plain, odd }) => {
      expect.soft(environmentOf(plain)).toEqual({ PATH: defaultPath, HOSTNAME: 'box', HOME: '/root' });
      expect
        .soft(environmentOf(odd))
        .toEqual({ HOSTNAME: 'odd-box', HOME: '/home/guest', ...oddEnvironment });
    },
  },
  user: {
    title: 'runs as the user and in the groups that the image says',
    check: ({ plain, odd }) => {
      expect.soft(plain.report.get('Uid')).toBe('0 0 0 0');
      expect.soft(plain.report.get('Gid')).toBe('0 0 0 0');
      expect.soft(groupsOf(plain)).toEqual([0, 4714, 4715]);
      expect.soft(odd.report.get('Uid')).toBe('4711 4711 4711 4711');
      expect.soft(odd.report.get('Gid')).toBe('4712 4712 4712 4712');
      expect.soft(groupsOf(odd)).toEqual([4712, 4713, 4715]);
      expect.soft(plain.report.get('umask')).toBe('0022');
    },
  },
  files: {
    title: 'has the limits of open files that docker gives, or those that the workload states',
    async check({ plain, odd }) {
      for (const [{ report }, { openFiles }] of [
        [plain, variants.plain.launch.box],
        [odd, variants.odd.launch.box],
      ] as const) {
        const { soft, hard } = await openFileLimit(openFiles);
        expect.soft(report.get('open file limits')).toBe(`${soft}:${hard}`);
      }
      expect.soft(plain.report.get('raises its hard limit')).toBe('no');
    },
  },
  capabilities: {
    title: "has docker's capabilities",
    check: ({ plain, odd }) => {
      const none = '0'.repeat(16);
      const found = ({ report }: Seen): (string | undefined)[] =>
        // gVisor's kernel has no ambient ones, and no line for them.
        ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'].map((set) => report.get(set) || none);
      expect.soft(found(plain)).toEqual([none, capabilities, capabilities, capabilities, none]);
      expect.soft(found(odd)).toEqual([none, none, none, capabilities, none]);
    },
  },
  seccomp: {
    title: "has docker's filter of system calls, or none where the workload says so",
    check: ({ plain, odd }) => {
      expect.soft(plain.report.get('Seccomp')).toBe('2');
      expect.soft(plain.report.get('Seccomp_filters')).toBe('1');
      // EPERM, which the kernel alone would not say, and ENOSYS, by which libraries know that they must do without a call.
      expect.soft(plain.report.get('error of vmsplice')).toBe('001');
      expect.soft(plain.report.get('error of unknown')).toBe('038');
      expect.soft(odd.report.get('error of vmsplice')).toBe('none');
      expect.soft(odd.report.get('Seccomp')).toBe('0');
      for (const { report } of [plain, odd]) expect.soft(report.get('NoNewPrivs')).toBe('0');
    },
  },
  kernel: {
    title: 'may not tune the kernel, nor read its secrets',
    check: ({ plain: { report } }) => {
      const opened = [...report].filter(([name]) => /^opens \/(proc\/(?!self)|sys)/.test(name));
      expect.soft(opened.length).toBeGreaterThan(3);
      expect.soft(opened.filter(([, answer]) => answer !== 'no')).toEqual([]);
      for (const file of ['/proc/kcore', '/proc/keys', '/proc/timer_list']) {
        expect.soft([file, report.get(`bytes of ${file}`)]).toEqual([file, '0']);
      }
      expect.soft(report.get('entries of /sys/firmware')).toBe('0');
      expect.soft(report.get('makes cgroups')).toBe('no');
    },
  },
  ipc: {
    title: 'has namespaces of its own for System V, its host name and its mounts',
    async check({ plain: { report, sharesKernel } }) {
      expect.soft(report.get('segments of System V')).toBe('0');
      if (!sharesKernel) return;
      for (const kind of ['ipc', 'uts', 'mnt', 'net']) {
        expect.soft(report.get(`namespace ${kind}`)).not.toBe(await readlink(`/proc/self/ns/${kind}`));
      }
    },
  },
  pid: {
    title: 'is process 1',
    check: ({ plain }) => {
      expect(plain.report.get('pid')).toBe('1');
    },
  },
  devices: {
    title: "has docker's devices and no others",
    check: ({ plain: { report } }) => {
      // A kernel without /proc/kcore, or an older runtime, has no link to it.
      const found = report
        .get('/dev')
        ?.split(' ')
        .filter((name) => name !== 'core');
      expect(found).toEqual(dockerDevices);
    },
  },
  deviceFiles: {
    title: 'may use each of them, and has /dev/shm in the size that is asked for',
    check: ({ plain: { report }, odd }) => {
      for (const [name, numbers] of Object.entries({
        null: '1:3',
        zero: '1:5',
        full: '1:7',
        random: '1:8',
        urandom: '1:9',
        tty: '5:0',
      })) {
        expect.soft(report.get(`/dev/${name}`)).toBe(`character special file ${numbers} 666`);
      }
      expect.soft(report.get('size of /dev/shm')).toBe('65536');
      expect.soft(odd.report.get('size of /dev/shm')).toBe('8192');
      expect.soft(report.get('mode of /dev/shm')).toBe('1777');
      expect.soft(report.get('opens /dev/ptmx')).toBe('yes');
      expect.soft(odd.report.get('opens /dev/ptmx')).toBe('yes');
    },
  },
  memory: {
    title: 'can read how much memory it may use',
    check: ({ plain, odd }) => {
      for (const { report, memoryBytes } of [plain, odd]) {
        const kernelBytes = Number(report.get('memory of the kernel')) * 1024;
        const limitBytes = Number(report.get('limit of memory') ?? Infinity);
        expect.soft(Math.min(kernelBytes, limitBytes)).toBeLessThanOrEqual(memoryBytes);
      }
    },
  },
  folders: {
    title: "has the image's own /tmp, /run and /var/run",
    check: ({ plain: { report } }) => {
      for (const folder of ['/tmp', '/run', '/var/run']) {
        expect.soft([folder, report.get(folder)]).toEqual([folder, "the image's"]);
      }
      // By this file a program knows that podman has started it, as it knows docker by /.dockerenv.
      const mounted = report.get('mounted over the image')?.split(' ') ?? ['nothing was said'];
      expect.soft(mounted.filter((path) => !['', '/run/.containerenv'].includes(path))).toEqual([]);
    },
  },
  workdir: {
    title: 'works in the stated folder, behind links too',
    check: ({ plain, odd }) => {
      expect.soft(plain.report.get('folder')).toBe('/srv/data');
      expect.soft(odd.report.get('folder')).toBe('/srv/data');
    },
  },
} as const satisfies Record<string, Row>;

export type RowName = keyof typeof rows;

/** What a platform cannot do alike, with the code that says so in the report. */
export type Differences = Partial<Record<RowName, FairnessCodeName>>;

/** What is printed is in the log a moment later. */
async function logged(instance: Instance, words: string): Promise<void> {
  const text = (): Promise<string> => readFile(instance.logFile, 'utf8');
  for (let look = 0; look < 20 && !(await text()).includes(words); look += 1) await sleep(100);
  expect.soft(await text()).toContain(words);
}

function environmentOf({ report }: Seen): Record<string, string> {
  const variables = textIn(report, 'environment').split('\0').slice(0, -1);
  return Object.fromEntries(
    variables.map((each) => [each.slice(0, each.indexOf('=')), each.slice(each.indexOf('=') + 1)]),
  );
}

function groupsOf({ report }: Seen): number[] {
  const groups = (report.get('Groups') ?? '')
    .split(' ')
    .filter((each) => each !== '')
    .map(Number);
  return groups.sort((a, b) => a - b);
}
