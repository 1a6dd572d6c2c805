/** QEMU's command line for the minimal guest. */

export interface VmSpec {
  machine: 'q35' | 'pc' | 'microvm';
  accel: 'kvm' | 'tcg';
  /** Whole processors. */
  cpus: number;
  memoryBytes: number;
  kernelFile: string;
  initrdFile: string;
  /** Copy-on-write layer over the payload's disk; null: no disk. */
  overlayFile: string | null;
  tap: { device: string; mac: string } | null;
  sockets: { qmp: string; console: string; control: string };
}

/**
 * TCG's cache of translated code; QEMU's default is up to 1 GiB a VM. A full cache is emptied and everything translated
 * again: Tomcat took 44 s of CPU with 64 MiB, 31 s with 128 MiB, and no less with 256, 512 or 1024 MiB.
 */
const tcgCacheBytes = 128 * 1024 * 1024;

/** Guest RAM comes in pages of 8 KiB (QEMU rounds `-m` up to them, and the backend's size must be the same). */
export function guestRamBytes(memoryBytes: number): number {
  return memoryBytes - (memoryBytes % 8192);
}

export function qemuArguments(vm: VmSpec): string[] {
  const ram = guestRamBytes(vm.memoryBytes);
  return [
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
    ...['-machine', machine(vm)],
    ...['-accel', vm.accel === 'kvm' ? 'kvm' : `tcg,tb-size=${tcgCacheBytes / 1024 / 1024}`],
    ...['-cpu', vm.accel === 'kvm' ? 'host' : 'max'],
    ...['-smp', String(vm.cpus)],
    // A backend of its own makes guest RAM one mapping of exactly this size, see memory-parts.ts.
    ...['-m', `${ram}B`, '-object', `memory-backend-ram,id=ram,size=${ram}`],
    ...['-kernel', vm.kernelFile, '-initrd', vm.initrdFile, '-append', kernelCommandLine],
    ...chardev('qmp', vm.sockets.qmp),
    ...['-mon', 'chardev=qmp,mode=control'],
    ...chardev('console', vm.sockets.console),
    ...['-device', 'isa-serial,chardev=console,index=0'],
    ...chardev('control', vm.sockets.control),
    ...['-device', 'isa-serial,chardev=control,index=1'],
    ...disk(vm),
    ...network(vm),
  ];
}

/**
 * `quiet` leaves errors, which is how a panic and an out-of-memory kill are recognised. `panic=-1` restarts at once,
 * which `-no-reboot` turns into an end. Addresses of IPv6 are off, as in the containers' namespaces; the protocol stays.
 * `no_timer_check`: under emulation on a busy CPU the kernel's test of its timer comes too early and panics ("IO-APIC +
 * timer doesn't work"); as a guest of KVM the kernel leaves that test out by itself.
 */
const kernelCommandLine = 'console=ttyS0 quiet panic=-1 no_timer_check ipv6.disable_ipv6=1';

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

function disk({ machine, overlayFile }: VmSpec): string[] {
  if (overlayFile === null) return [];
  return [
    ...['-drive', `if=none,id=disk,format=qcow2,file=${escaped(overlayFile)}`],
    ...['-device', `${machine === 'microvm' ? 'virtio-blk-device' : 'virtio-blk-pci'},drive=disk`],
  ];
}

function network({ machine, tap }: VmSpec): string[] {
  if (tap === null) return [];
  // Without romfile= the firmware would load and run a network boot program.
  const device = machine === 'microvm' ? 'virtio-net-device' : 'virtio-net-pci,romfile=';
  return [
    ...['-netdev', `tap,id=net,ifname=${tap.device},script=no,downscript=no`],
    ...['-device', `${device},netdev=net,mac=${tap.mac}`],
  ];
}

/** A comma in a value of QEMU's option lists is written twice. */
function escaped(path: string): string {
  return path.replaceAll(',', ',,');
}
