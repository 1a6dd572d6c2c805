/**
 * `npm run test:lab [-- [--lab-suite NAME] ARGUMENTS OF vitest]`: the conformance suite of the runners inside a lab, where KVM works and
 * cgroup is v2 whatever this machine has. It takes half an hour under emulation, so `npm test` leaves it out.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { followLab, silences } from '../../bench/lab/follow.ts';
import { checkFit, chooseAccel, defaultLabCpus, defaultMemoryBytes } from '../../bench/lab/fit.ts';
import { defaultLabSuite } from '../../bench/lab/own-node.ts';
import type { LabMessage } from '../../bench/lab/messages.ts';
import { labBase } from '../../runners/lab/base.ts';
import { labSuites, type LabSuite } from '../../runners/lab/system.ts';
import { startLab } from '../../runners/lab/machine.ts';
import { testContext } from '../support/context.ts';
import { sharedCache } from '../support/tare.ts';
import { testsDisk } from './disk.ts';

const cases =
  'process,runc,crun,runc-rootless,docker,podman,podman-rootless,containerd,gvisor,lxc,nspawn,vm-kvm,microvm-kvm';
const [flag, name, ...others] = process.argv.slice(2);
const named = flag === '--lab-suite';
const rest = named ? others : process.argv.slice(2);
const suite = named ? suiteNamed(name) : defaultLabSuite();
const controller = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  // Not once: whatever else listens would take itself for the last one, and end the process before the clean-up.
  process.on(signal, () => {
    controller.abort(signal);
  });
}
await mkdir(sharedCache, { recursive: true });
const folder = await mkdtemp(join(tmpdir(), 'tare-test-'));
const diskFolder = await mkdtemp(join(sharedCache, 'lab-tests-'));
try {
  process.exitCode = await testInLab(rest);
} finally {
  for (const made of [folder, diskFolder]) await rm(made, { recursive: true, force: true });
}

function suiteNamed(text: string | undefined): LabSuite {
  const found = labSuites.find((each) => each === text);
  if (found) return found;
  throw new Error(`--lab-suite is one of ${labSuites.join(', ')}, not ${text ?? 'nothing'}`);
}

/** @returns 0: every test has passed */
async function testInLab(args: readonly string[]): Promise<number> {
  const { signal, folders, ...rest } = testContext(folder, controller.signal);
  const log = { progress: print, debug: () => undefined, warn: print };
  const context = { ...rest, signal, log, folders: { ...folders, cache: sharedCache } };
  const clock = 'real';
  const size = { cpus: defaultLabCpus(), memoryBytes: defaultMemoryBytes };
  const choice = { ...size, suite, accel: 'auto', clock } as const;
  const { accel } = await chooseAccel(choice, context);
  await checkFit(choice, null, context);
  const build = { cache: sharedCache, signal, log };
  const base = await labBase(suite, build);
  print('packing the tests and their packages for the lab');
  const toolsDisk = await testsDisk(diskFolder, build);
  print(`starting the lab under ${accel}`);
  const consoleLog = join(folder, 'console.log');
  const machine = await startLab(
    {
      ...size,
      unit: 'run',
      accel,
      clock,
      base,
      toolsDisk,
      givenDisk: null,
      session: { cases, args },
      consoleLog,
    },
    context.folders,
    log,
  );
  try {
    // A whole suite is imported at once inside, which keeps the heartbeat waiting.
    const silence = { ...silences[accel], runMs: 120_000 };
    const { error } = await followLab(machine, silence, signal, show);
    if (error) print(error.message);
    return error?.exitCode ?? 0;
  } finally {
    await machine.dispose();
  }
}

function show(message: LabMessage): Promise<void> {
  if (message.type === 'say') print(message.message);
  return Promise.resolve();
}

function print(text: string): void {
  console.log(text);
}
