/**
 * Whether KVM can run a Linux guest here. That /dev/kvm exists proves little: the module behind it may run only
 * kernels made for it, and QEMU's own fallback does not notice. So the scenario's kernel is booted under KVM, and only
 * word from its first program counts. The answer holds until the machine, QEMU or the kernel changes.
 */
import { createHash, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { access, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from '../machine/command.ts';
import { exists, writeEntry } from '../payload/cache-entry.ts';
import type { ProbeContext } from '../runner.ts';
import { isEmulatedHost } from './emulated.ts';
import { listenToGuest } from './guest/control.ts';
import { guestKit, type GuestKit } from './guest/guest-kit.ts';
import { openVmSockets, qemuProgram, startVm, type Vm, type VmSockets } from './vm/vm.ts';

export interface KvmFacts {
  present: boolean;
  usable: boolean;
  /** Kernel module behind /dev/kvm; null where the kernel does not say. */
  backend: string | null;
  /** Why it is or is not usable, in words. */
  reason: string;
}

/** A boot takes well under a second on hardware, and six or more where KVM itself runs in an emulated machine. */
const probeBootMs = isEmulatedHost() ? 120_000 : 10_000;
const endTimeoutMs = 10_000;
const backends = ['kvm_intel', 'kvm_amd', 'kvm_pvm', 'kvm_hv'];

/** Throws only when aborted. Takes up to `probeBootMs` on the first call after a boot, then answers from the cache. */
export async function probeKvm(context: ProbeContext): Promise<KvmFacts> {
  const device = await access('/dev/kvm', constants.R_OK | constants.W_OK).catch((error: unknown) => error);
  if (device !== undefined) {
    const missing = (device as NodeJS.ErrnoException).code === 'ENOENT';
    const reason = missing
      ? '/dev/kvm does not exist'
      : `/dev/kvm cannot be opened: ${(device as Error).message}`;
    return { present: !missing, usable: false, backend: await kvmBackend(), reason };
  }
  const backend = await kvmBackend();
  const unknown = (reason: string): KvmFacts => ({ present: true, usable: false, backend, reason });
  const version = await qemuVersion();
  if (version === null) return unknown(`/dev/kvm exists, but there is no ${qemuProgram} to try it with`);
  let kit: GuestKit;
  try {
    kit = await guestKit('bookworm', context);
  } catch (error) {
    context.signal.throwIfAborted();
    return unknown(`/dev/kvm exists, but there is no kernel to try it with: ${(error as Error).message}`);
  }
  const file = await answerFile(context.cache, version, kit);
  const cached = await readFile(file, 'utf8').catch(() => null);
  if (cached !== null) return JSON.parse(cached) as KvmFacts;
  context.log.progress(`trying whether KVM runs a guest here: at most ${probeBootMs / 1000} s`);
  const failure = await bootUnderKvm(kit, context.signal);
  const facts =
    failure === null
      ? { present: true, usable: true, backend, reason: `a probe guest booted under ${backend ?? 'KVM'}` }
      : unknown(
          `/dev/kvm exists (module ${backend ?? 'unknown'}), but a probe guest did not boot: ${failure}`,
        );
  await writeEntry(file, JSON.stringify(facts));
  return facts;
}

/** `QEMU 7.2.22` for instance; null when it is not installed. */
export async function qemuVersion(): Promise<string | null> {
  try {
    const { stdout } = await run(qemuProgram, ['--version']);
    return `QEMU ${/version (\S+)/.exec(stdout)?.[1] ?? stdout.trim()}`;
  } catch {
    return null;
  }
}

/** The folders of /sys/module exist for loaded and for built-in modules; /proc/modules is missing in some kernels. */
async function kvmBackend(): Promise<string | null> {
  for (const name of backends) {
    if (await exists(`/sys/module/${name}`)) return name;
  }
  return null;
}

async function answerFile(cache: string, version: string, kit: GuestKit): Promise<string> {
  const bootId = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
  const key = createHash('sha256')
    .update(JSON.stringify([bootId, version, kit.digest]))
    .digest('hex');
  return join(cache, 'probes', `${key}.json`);
}

/** Null when the guest's first program was heard of, else what happened instead. */
async function bootUnderKvm(kit: GuestKit, signal: AbortSignal): Promise<string | null> {
  const folder = join(tmpdir(), `tare-${randomBytes(4).toString('hex')}`);
  const sockets = await openVmSockets(folder);
  let vm: Vm | null = null;
  try {
    const booted = firstWord(sockets);
    vm = await startVm(
      {
        machine: 'q35',
        accel: 'kvm',
        cpus: 1,
        memoryBytes: 256 * 1024 * 1024,
        ram: { from: 'anonymous' },
        merge: true,
        boot: { by: 'kernel', kernelFile: kit.kernelFile, initrdFile: kit.initrdFile },
        overlayFile: null,
        diskLayers: [],
        hardware: 'virtio',
        diskCache: 'writeback',
        settingsFile: null,
        vhostNet: false,
        freePageReporting: false,
        tap: null,
      },
      sockets,
    );
    const started = vm;
    const died = started.exited.then(({ code, signal }) => {
      const lastLine = started.complaint().split('\n').at(-1) ?? '';
      return `QEMU ended with ${signal ?? `exit code ${code}`}${lastLine === '' ? '' : ` (${lastLine})`}`;
    });
    const late = sleep(probeBootMs, `nothing was heard of it within ${probeBootMs / 1000} s`, {
      signal,
      ref: false,
    });
    return await Promise.race([booted, died, late]);
  } finally {
    vm?.kill();
    await Promise.race([vm?.exited, sleep(endTimeoutMs, undefined, { ref: false })]);
    await sockets.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function firstWord(sockets: VmSockets): Promise<null> {
  const socket = await sockets.control.connection;
  return new Promise((resolve) => {
    listenToGuest(socket, (message) => {
      if (message.type === 'mark') resolve(null);
    });
  });
}
