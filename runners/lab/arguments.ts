/** QEMU's command line for the lab. */
import { labDisks, type LabDiskRole } from './disk.ts';
import { labUnits, type LabUnit } from './system.ts';

/** What makes time pass inside: the host's time, or the count of executed instructions (one is one nanosecond). */
export const labClocks = ['real', 'virtual'] as const;
export type LabClock = (typeof labClocks)[number];

export interface LabSpec {
  unit: LabUnit;
  accel: 'kvm' | 'tcg';
  clock: LabClock;
  cpus: number;
  memoryBytes: number;
  kernelFile: string;
  initrdFile: string;
  disks: LabDisk[];
  sockets: { console: string; line: string; control: string };
}

export interface LabDisk {
  role: LabDiskRole;
  file: string;
  format: 'raw' | 'qcow2';
  /** As the guest sees it. */
  bytes: number;
}

/** Node, QEMU and a workload are far more code than the workload of one VM. */
const tcgCacheMiB = 256;

export function labArguments(lab: LabSpec): string[] {
  const isVirtual = lab.clock === 'virtual';
  const machine = ['q35', 'vmport=off', ...(lab.accel === 'tcg' ? ['hpet=off'] : [])];
  return [
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
    ...['-machine', [...machine, ...(isVirtual ? ['nvdimm=on'] : [])].join(',')],
    ...['-accel', lab.accel === 'tcg' ? `tcg,tb-size=${tcgCacheMiB}` : 'kvm'],
    ...['-cpu', cpu(lab)],
    ...['-smp', String(lab.cpus)],
    ...(isVirtual ? virtualClock : []),
    ...['-m', memory(lab)],
    ...['-kernel', lab.kernelFile, '-initrd', lab.initrdFile],
    ...['-append', kernelOptions(lab).join(' ')],
    ...['-chardev', `socket,id=console,path=${escaped(lab.sockets.console)},server=off`],
    ...['-device', 'isa-serial,chardev=console'],
    ...['-chardev', `socket,id=line,path=${escaped(lab.sockets.line)},server=off`],
    ...['-chardev', `socket,id=control,path=${escaped(lab.sockets.control)},server=off`],
    ...['-mon', 'chardev=control,mode=control'],
    // Without ioeventfd the port takes what is written in the moment in which it is written.
    ...['-device', 'virtio-serial-pci,ioeventfd=off', '-device', 'virtserialport,chardev=line'],
    ...lab.disks.flatMap(isVirtual ? memoryDisk : blockDisk),
  ];
}

/**
 * Time is the count of instructions, and where the processor waits it goes on to the next timer at once. The date is
 * fixed, and so is what QEMU itself draws by lot.
 */
const virtualClock = [
  ...['-icount', 'shift=0,sleep=off', '-rtc', 'base=2024-01-01T00:00:00,clock=vm', '-seed', '1'],
];

/**
 * Nothing may depend on chance: no random addresses, of the kernel's or of a program's. And what is no work is not to be
 * waited for: the kernel's grace periods would end with the next tick of its timer, wherever that is.
 */
const virtualKernelOptions = ['nokaslr', 'norandmaps', 'rcupdate.rcu_expedited=1'];

/** AMD's virtualization with nested paging is what QEMU can emulate, and what kvm_amd inside then uses. */
function cpu({ accel, clock }: LabSpec): string {
  if (accel === 'kvm') return 'host';
  return clock === 'virtual' ? 'max,-rdrand,-rdseed' : 'max,+svm,+npt';
}

function memory({ clock, memoryBytes, disks }: LabSpec): string {
  const own = `${Math.floor(memoryBytes / 2 ** 20)}M`;
  if (clock === 'real') return own;
  const most = disks.reduce((sum, { bytes }) => sum + bytes, memoryBytes);
  return `${own},slots=${disks.length},maxmem=${Math.ceil(most / 2 ** 30) + disks.length}G`;
}

function kernelOptions({ clock, unit, disks }: LabSpec): string[] {
  return [
    ...['console=ttyS0', 'quiet', 'panic=-1', 'no_timer_check'],
    // What makes a kernel that hangs tell where (LabMachine.askWhere).
    'unknown_nmi_panic',
    ...(clock === 'virtual' ? virtualKernelOptions : []),
    ...[`lab.disks=${disks.map(({ role }) => labDisks[role]).join(',')}`, `systemd.unit=${labUnits[unit]}`],
  ];
}

function blockDisk({ role, file, format }: LabDisk): string[] {
  const access = role === 'system' ? '' : 'read-only=on,';
  const drive = `if=none,id=${role},format=${format},${access}file=${escaped(file)}`;
  return ['-drive', drive, '-device', `virtio-blk-pci,drive=${role}`];
}

/**
 * A disk that is memory: to read it costs instructions and never a wait, whose length would be the host's. What the lab
 * writes goes to private pages of QEMU.
 */
function memoryDisk({ role, file, bytes }: LabDisk): string[] {
  const backend = `memory-backend-file,id=${role},share=off,size=${bytes},mem-path=${escaped(file)}`;
  return ['-object', backend, '-device', `nvdimm,memdev=${role}`];
}

/** A comma in a value of QEMU's option lists is written twice. */
function escaped(path: string): string {
  return path.replaceAll(',', ',,');
}
