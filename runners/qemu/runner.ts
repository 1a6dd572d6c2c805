/** Runs the payload in a virtual machine: QEMU, a Linux kernel, a first program of ours, and the payload's disk. */
import { appendFile, copyFile, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CleanUp } from '../host/clean-up.ts';
import { createLauncher } from '../host/launch.ts';
import { checkLaunch, withHome, type LaunchUser } from '../host/payload-launch.ts';
import { exists } from '../images/cache-entry.ts';
import { createOverlayDisk, packDisk, type Disk } from '../images/disk.ts';
import type { Payload } from '../images/payload.ts';
import { ImageError } from '../images/error.ts';
import { resolveInside } from '../images/inside.ts';
import type { Fitness, Instance, Launch, PlatformFacts, PlatformSpec, PreparedPlatform } from '../runner.ts';
import type { ProbeContext, RunContext, Runner } from '../runner.ts';
import { qemuArguments, type VmSpec } from './arguments.ts';
import { guestKit, type GuestKit } from './guest-kit.ts';
import { launchArchive, type GuestLaunch } from './guest-launch.ts';
import { imageFigures } from './image-figures.ts';
import { VmInstance } from './instance.ts';
import { whyNoRun } from '../host/prerequisites.ts';
import { probeKvm, qemuVersion, type KvmFacts } from './probe.ts';
import { endVm, lineUpVm, openVmSockets, qemuProgram } from './vm.ts';

export interface QemuOptions {
  machine: 'q35' | 'pc' | 'microvm';
  guest: 'minimal';
  accel: 'auto' | 'kvm' | 'tcg';
}

export const qemuRunner: Runner<QemuOptions> = { kind: 'vm', probe, prepare };

const microvmNote =
  'microvm without KVM sometimes hangs in early boot while it measures its clocks; q35 does not';

async function probe(options: QemuOptions, context: ProbeContext): Promise<Fitness> {
  const version = await qemuVersion();
  const unfit = (reason: string, remedy: string): Fitness => ({ usable: false, version, reason, remedy });
  if (process.arch !== 'x64') {
    return unfit(
      `the minimal guest is made for x86-64, and this machine is ${process.arch}`,
      'Use an x86-64 machine.',
    );
  }
  if (version === null) {
    return unfit(
      `${qemuProgram} is not installed`,
      'Run "tare doctor --fix", or: apt-get install qemu-system-x86',
    );
  }
  const machine = await whyNoRun();
  if (machine !== null) return unfit(machine.reason, machine.remedy);
  if (!(await exists('/dev/net/tun'))) {
    return unfit('/dev/net/tun does not exist, so a VM can have no network', 'Load the kernel module tun.');
  }
  const kvm = await kvmFor(options, context);
  if (options.accel === 'kvm' && !kvm.usable) {
    return unfit(
      `accel: kvm is asked for and KVM is not usable: ${kvm.reason}`,
      'Use accel: auto or accel: tcg.',
    );
  }
  const accel = kvm.usable ? 'kvm' : 'tcg';
  if (options.machine === 'microvm' && accel === 'tcg' && options.accel !== 'tcg') {
    return unfit(
      `${microvmNote}; KVM is not usable: ${kvm.reason}`,
      'Use machine: q35, or ask for accel: tcg.',
    );
  }
  const notes = [`accelerator ${accel}: ${kvm.reason}`];
  if (options.machine === 'microvm' && accel === 'tcg') notes.push(microvmNote);
  return { usable: true, version, accel, notes };
}

/** Whoever asks for TCG gets it without a look at KVM. */
async function kvmFor(
  options: QemuOptions,
  context: ProbeContext,
): Promise<Pick<KvmFacts, 'usable' | 'reason'>> {
  if (options.accel === 'tcg') return { usable: false, reason: 'the scenario asks for TCG' };
  return probeKvm(context);
}

type QemuPlatform = PlatformSpec<QemuOptions>;

/** What all instances of the platform share. */
interface Shared {
  platform: QemuPlatform;
  context: RunContext;
  kit: GuestKit;
  disk: Disk;
  vm: Pick<VmSpec, 'machine' | 'accel' | 'cpus' | 'memoryBytes'>;
  guest: Omit<GuestLaunch, 'hostname' | 'address' | 'prefixLength'>;
}

async function prepare(
  payload: Payload,
  platform: QemuPlatform,
  context: RunContext,
): Promise<PreparedPlatform> {
  const { options, limits, launch } = platform;
  const { cache } = context.folders;
  const shell = { cache, signal: context.signal, log: context.log };
  const [kvm, kit, disk, user, version] = await Promise.all([
    kvmFor(options, shell),
    guestKit(shell),
    packDisk(payload, shell),
    guestUser(payload.root, launch),
    qemuVersion(),
  ]);
  const accel = kvm.usable ? 'kvm' : 'tcg';
  const shared: Shared = {
    platform,
    context,
    kit,
    disk,
    vm: { machine: options.machine, accel, cpus: Math.ceil(limits.cpus), memoryBytes: limits.memoryBytes },
    guest: {
      bus: options.machine === 'microvm' ? 'mmio' : 'pci',
      uid: user.uid,
      gid: user.gid,
      workdir: launch.workdir,
      command: launch.command,
      environment: withHome(launch.environment, user),
      stopSignal: launch.stopSignal,
    },
  };
  return {
    facts: platformFacts(shared, version ?? '', kvm.reason),
    marks: ['spawned', 'firmware', 'kernel', 'initrd', 'init', 'exec'],
    create: (instance) => createInstance(instance, shared),
    images: () => imageFigures(payload, disk, kit, shell),
    dispose: () => Promise.resolve(),
  };
}

/** The user by numbers. Throws where the guest's means are smaller than other platforms': see runScript. */
async function guestUser(root: string, launch: Launch): Promise<LaunchUser> {
  const user = await checkLaunch(root, launch);
  if ((user.uid !== 0 || user.gid !== 0) && !(await isListed(root, user.uid))) {
    throw new ImageError(
      `The payload's /etc/passwd has no entry for uid ${user.uid}, which the minimal guest needs`,
      'Add the entry, or run as root.',
    );
  }
  return user;
}

async function isListed(root: string, uid: number): Promise<boolean> {
  const passwd = await readFile(await resolveInside(root, '/etc/passwd'), 'utf8').catch(() => '');
  return passwd.split('\n').some((line) => line.split(':')[2] === String(uid));
}

async function createInstance(
  { id, logs }: { id: string; logs: string },
  { platform, context, kit, disk, vm, guest }: Shared,
): Promise<Instance> {
  const { folders, network, log } = context;
  const cleanUp = new CleanUp();
  const remove = (file: string): Promise<void> => rm(file, { force: true });
  try {
    const tap = await cleanUp.add(network.attachTap(id), (made) => made.dispose());
    const cgroup = await cleanUp.add(context.cgroup.child(id), (made) => made.remove());
    // The guest's RAM is the memory limit. QEMU's own memory comes on top and is measured apart.
    await cgroup.setLimits({ cpus: platform.limits.cpus, memoryBytes: null, cpuset: context.cpuset });
    const overlayFile = await cleanUp.add(Promise.resolve(join(folders.scratch, `${id}.qcow2`)), remove);
    await createOverlayDisk(disk, overlayFile);
    const initrdFile = await cleanUp.add(Promise.resolve(join(folders.scratch, `${id}.initrd`)), remove);
    await copyFile(kit.initrdFile, initrdFile);
    const { address, prefixLength, mac, device } = tap;
    await appendFile(initrdFile, launchArchive({ ...guest, hostname: id, address, prefixLength }));
    const launcher = await createLauncher(cgroup.joinFiles(), 'wait');
    const sockets = await cleanUp.add(openVmSockets(join(folders.runtime, id)), (made) => made.close());
    const spec = { ...vm, kernelFile: kit.kernelFile, initrdFile, overlayFile, tap: { device, mac } };
    const place = { networkNamespace: network.nsPath, launcher };
    const waiting = await cleanUp.add(lineUpVm(spec, sockets, place), endVm);
    return new VmInstance({
      id,
      logs,
      launch: platform.launch,
      address,
      spec,
      sockets,
      cgroup,
      vm: waiting,
      cleanUp,
      log,
    });
  } catch (error) {
    // What went wrong first is what is told.
    await cleanUp.run().catch((second: unknown) => {
      log.debug(`${id}: ${String(second)}`);
    });
    throw error;
  }
}

function platformFacts(
  { platform, kit, vm, disk }: Shared,
  version: string,
  kvmReason: string,
): PlatformFacts {
  // The places differ from machine to machine and from instance to instance; the rest is what was run.
  const commandLine = qemuArguments({
    ...vm,
    kernelFile: 'KERNEL',
    initrdFile: 'INITRD',
    overlayFile: 'DISK',
    tap: { device: 'TAP', mac: 'MAC' },
    sockets: { qmp: 'QMP', console: 'CONSOLE', control: 'CONTROL' },
  });
  return {
    accel: vm.accel,
    guest: platform.options.guest,
    version,
    network: 'bridge-tap',
    details: {
      accelReason: kvmReason,
      machine: vm.machine,
      vcpus: vm.cpus,
      guestKernel: kit.kernelRelease,
      guestKernelAndInitrd: kit.digest,
      diskFormat: 'qcow2 over raw ext4',
      diskVirtualBytes: disk.virtualBytes,
      commandLine: [qemuProgram, ...commandLine].join(' '),
    },
  };
}
