/** QEMU's command line for the lab. */
import { labUnits, type LabUnit } from './system.ts';

export interface LabSpec {
  unit: LabUnit;
  accel: 'kvm' | 'tcg';
  cpus: number;
  memoryBytes: number;
  kernelFile: string;
  initrdFile: string;
  /** Copy-on-write layer over the lab's disk. */
  overlayFile: string;
  /** Read-only disks in the order in which first.sh mounts them: tools, and what is given. */
  readOnlyDisks: string[];
  sockets: { console: string; line: string };
}

/** Node, QEMU and a workload are far more code than the workload of one VM. */
const tcgCacheMiB = 256;

export function labArguments(lab: LabSpec): string[] {
  return [
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
    ...['-machine', lab.accel === 'tcg' ? 'q35,vmport=off,hpet=off' : 'q35,vmport=off'],
    ...['-accel', lab.accel === 'tcg' ? `tcg,tb-size=${tcgCacheMiB}` : 'kvm'],
    // AMD's virtualisation with nested paging is what QEMU can emulate, and what kvm_amd inside then uses.
    ...['-cpu', lab.accel === 'tcg' ? 'max,+svm,+npt' : 'host'],
    ...['-smp', String(lab.cpus)],
    ...['-m', `${Math.floor(lab.memoryBytes / 2 ** 20)}M`],
    ...['-kernel', lab.kernelFile, '-initrd', lab.initrdFile],
    ...['-append', `console=ttyS0 quiet panic=-1 no_timer_check systemd.unit=${labUnits[lab.unit]}`],
    ...serial('console', lab.sockets.console, 0),
    ...serial('line', lab.sockets.line, 1),
    ...disk('root', `format=qcow2,file=${escaped(lab.overlayFile)}`),
    ...lab.readOnlyDisks.flatMap((file, index) =>
      disk(`given${index}`, `format=raw,read-only=on,file=${escaped(file)}`),
    ),
  ];
}

function serial(id: string, path: string, index: number): string[] {
  return [
    ...['-chardev', `socket,id=${id},path=${escaped(path)},server=off`],
    ...['-device', `isa-serial,chardev=${id},index=${index}`],
  ];
}

function disk(id: string, drive: string): string[] {
  return ['-drive', `if=none,id=${id},${drive}`, '-device', `virtio-blk-pci,drive=${id}`];
}

/** A comma in a value of QEMU's option lists is written twice. */
function escaped(path: string): string {
  return path.replaceAll(',', ',,');
}
