/** QEMU's command line. */
import { sandboxArguments } from './confine.ts';
import type { Hardware } from '../../runner.ts';
import type { DiskCache, QemuOptions } from '../options.ts';

export interface VmSpec {
  machine: QemuOptions['machine'];
  accel: 'kvm' | 'tcg';
  /** Whole processors. */
  cpus: number;
  memoryBytes: number;
  ram: GuestRam;
  /** Whether the kernel may merge equal pages of guest RAM. */
  merge: boolean;
  boot: Boot;
  /** Copy-on-write layer over the guest's disk; null: no disk. */
  overlayFile: string | null;
  /** What lies below it, the next first; empty: what its own header names. */
  diskLayers: readonly DiskLayer[];
  diskCache: DiskCache;
  hardware: Hardware;
  /** Second disk, read-only, with what the instance is told; null: it is told another way. */
  settingsFile: string | null;
  tap: { device: string; mac: string } | null;
  vhostNet: boolean;
  /** A guest that restarts starts again; absent: its restart is its end. */
  reboots?: boolean;
  freePageReporting: boolean;
  sockets: { qmp: string; console: string; control: string; output: string };
}

/** One file of a disk that consists of several. */
export interface DiskLayer {
  file: string;
  /** A driver of QEMU. */
  format: string;
}

/** Where the memory of the guest's RAM comes from. */
export type GuestRam =
  | { from: 'anonymous' }
  | { from: 'huge-pages' }
  /** `shared`: what the guest writes goes into the file; otherwise to pages of its own. */
  | { from: 'file'; path: string; shared: boolean };

/** What the machine does first. */
export type Boot =
  | { by: 'kernel'; kernelFile: string; initrdFile: string }
  /** Firmware starts the boot loader on the disk: SeaBIOS, or UEFI where its two files are given. */
  | { by: 'firmware'; uefi: { codeFile: string; variablesFile: string } | null }
  /** It continues as another machine was: its state comes in over a socket that QMP names. */
  | { by: 'incoming'; kernelFile: string; initrdFile: string };

/**
 * TCG's cache of translated code; QEMU's default is up to 1 GiB a VM. A full cache is emptied and everything translated
 * again: Tomcat took 44 s of CPU with 64 MiB, 31 s with 128 MiB, and no less with 256, 512 or 1024 MiB.
 */
export const tcgCacheBytes = 128 * 1024 * 1024;

const hugePageBytes = 2 << 20;

/**
 * Guest RAM comes in pages of 8 KiB (QEMU rounds `-m` up to them, and the backend's size must be the same), and where
 * it is asked for in huge ones.
 */
export function guestRamBytes({ memoryBytes, ram }: Pick<VmSpec, 'memoryBytes' | 'ram'>): number {
  return memoryBytes - (memoryBytes % (ram.from === 'huge-pages' ? hugePageBytes : 8192));
}

export function qemuArguments(vm: VmSpec): string[] {
  const ramBytes = guestRamBytes(vm);
  return [
    ...['-nodefaults', '-no-user-config', '-display', 'none', ...(vm.reboots === true ? [] : ['-no-reboot'])],
    ...sandboxArguments,
    ...['-machine', machine(vm)],
    ...['-accel', vm.accel === 'kvm' ? 'kvm' : `tcg,tb-size=${tcgCacheBytes / 1024 / 1024}`],
    ...['-cpu', vm.accel === 'kvm' ? 'host' : 'max'],
    ...['-smp', String(vm.cpus)],
    // A backend of its own makes guest RAM one mapping of exactly this size, see memory-parts.ts.
    ...['-m', `${ramBytes}B`, '-object', `${backend(vm.ram)},id=ram,size=${ramBytes}${merging(vm)}`],
    ...boot(vm.boot),
    ...chardev('qmp', vm.sockets.qmp),
    ...['-mon', 'chardev=qmp,mode=control'],
    ...chardev('console', vm.sockets.console),
    ...['-device', 'isa-serial,chardev=console,index=0'],
    ...chardev('control', vm.sockets.control),
    ...['-device', 'isa-serial,chardev=control,index=1'],
    ...output(vm),
    ...disk(vm),
    ...network(vm),
    ...balloon(vm),
  ];
}

/**
 * The kernel's parameters for every guest. `quiet` leaves errors, which is how a panic and an out-of-memory kill are recognised. `panic=-1` restarts at once,
 * which `-no-reboot` turns into an end where it is given. Addresses of IPv6 are off, as in the containers' namespaces; the protocol stays.
 * `no_timer_check`: under emulation on a busy CPU the kernel's test of its timer comes too early and panics ("IO-APIC +
 * timer doesn't work"); as a guest of KVM the kernel leaves that test out by itself.
 */
export const kernelParameters = 'console=ttyS0 quiet panic=-1 no_timer_check ipv6.disable_ipv6=1';

function backend(ram: GuestRam): string {
  switch (ram.from) {
    case 'anonymous':
      return 'memory-backend-ram';
    case 'huge-pages':
      return 'memory-backend-memfd,hugetlb=on,hugetlbsize=2M,share=off';
    case 'file':
      return `memory-backend-file,mem-path=${escaped(ram.path)},share=${ram.shared ? 'on' : 'off'}`;
  }
}

/** QEMU marks guest RAM as mergeable unless it is told not to. */
function merging({ merge }: VmSpec): string {
  return merge ? '' : ',merge=off';
}

function boot(boot: Boot): string[] {
  if (boot.by === 'firmware') return boot.uefi === null ? [] : flash(boot.uefi);
  const kernel = ['-kernel', boot.kernelFile, '-initrd', boot.initrdFile, '-append', kernelParameters];
  return boot.by === 'incoming' ? [...kernel, '-incoming', 'defer'] : kernel;
}

function flash({ codeFile, variablesFile }: { codeFile: string; variablesFile: string }): string[] {
  return [
    ...['-drive', `if=pflash,unit=0,format=raw,readonly=on,file=${escaped(codeFile)}`],
    ...['-drive', `if=pflash,unit=1,format=raw,file=${escaped(variablesFile)}`],
  ];
}

function machine({ machine, accel }: VmSpec): string {
  const options = [machine, 'memory-backend=ram'];
  if (machine === 'microvm') {
    // Debian's kernel finds virtio-mmio devices through ACPI only; the serial ports are given explicitly.
    options.push('acpi=on', 'isa-serial=off');
  } else {
    options.push('vmport=off');
    // Under TCG with contended CPUs, early boot on q35 with HPET sometimes hangs while it measures its clocks.
    if (machine === 'q35' && accel === 'tcg') options.push('hpet=off');
  }
  return options.join(',');
}

function chardev(id: string, path: string): string[] {
  return ['-chardev', `socket,id=${id},path=${escaped(path)},server=off`];
}

/**
 * What the workload prints has a port of its own: a serial port would take a minute for 20 MB. Without ioeventfd QEMU takes
 * what is written in the moment in which it is written. It stops to take it while the harness does not read.
 */
function output({ machine, sockets }: VmSpec): string[] {
  const device = machine === 'microvm' ? 'virtio-serial-device' : 'virtio-serial-pci';
  return [
    ...chardev('output', sockets.output),
    ...['-device', machine === 'microvm' ? device : `${device},ioeventfd=off`],
    ...['-device', 'virtserialport,chardev=output'],
  ];
}

function disk({ machine, overlayFile, diskLayers, diskCache, hardware, settingsFile }: VmSpec): string[] {
  if (overlayFile === null) return [];
  const virtio = machine === 'microvm' ? 'virtio-blk-device' : 'virtio-blk-pci';
  // The SATA controller is part of the machine q35.
  const device = hardware === 'virtio' ? virtio : 'ide-hd,bus=ide.0';
  const below = diskLayers.map(layerBelow).join('');
  const overlay = `if=none,id=disk,format=qcow2,cache=${diskCache},file=${escaped(overlayFile)}${below}`;
  const disks = ['-drive', overlay, '-device', `${device},drive=disk`];
  if (settingsFile === null) return disks;
  const settings = `if=none,id=settings,format=raw,readonly=on,file=${escaped(settingsFile)}`;
  return [...disks, '-drive', settings, '-device', `${device},drive=settings`];
}

function layerBelow({ file, format }: DiskLayer, depth: number): string {
  const place = 'backing.'.repeat(depth + 1);
  return `,${place}driver=${format},${place}file.driver=file,${place}file.filename=${escaped(file)}`;
}

function network({ machine, tap, vhostNet, hardware }: VmSpec): string[] {
  if (tap === null) return [];
  // Without romfile= the firmware would load and run a network boot program.
  const virtio = machine === 'microvm' ? 'virtio-net-device' : 'virtio-net-pci,romfile=';
  const device = hardware === 'virtio' ? virtio : 'e1000e,romfile=';
  const vhost = vhostNet ? ',vhost=on' : '';
  return [
    ...['-netdev', `tap,id=net,ifname=${tap.device},script=no,downscript=no${vhost}`],
    ...['-device', `${device},netdev=net,mac=${tap.mac}`],
  ];
}

/** The device by which the guest reports free pages; nobody ever inflates it. */
function balloon({ machine, freePageReporting }: VmSpec): string[] {
  if (!freePageReporting) return [];
  const device = machine === 'microvm' ? 'virtio-balloon-device' : 'virtio-balloon-pci';
  return ['-device', `${device},free-page-reporting=on`];
}

/** A comma in a value of QEMU's option lists is written twice. */
function escaped(path: string): string {
  return path.replaceAll(',', ',,');
}
