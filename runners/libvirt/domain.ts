/** The description of a virtual machine for libvirt (https://libvirt.org/formatdomain.html): the machine of the platform `vm`. */
import {
  guestRamBytes,
  kernelParameters,
  tcgCacheBytes,
  type DiskLayer,
  type VmSpec,
} from '../qemu/vm/arguments.ts';

export interface DomainInput {
  name: string;
  /** Absolute path of QEMU. */
  emulator: string;
  spec: VmSpec;
}

/** Throws for a machine that libvirt is not asked for: everything but a minimal guest that boots. */
export function domainXml({ name, emulator, spec }: DomainInput): string {
  const { accel, boot, sockets } = spec;
  if (boot.by !== 'kernel') throw new Error('only a kernel of its own is started through libvirt');
  const isEmulated = accel === 'tcg';
  const features = [
    "<acpi/><apic/><vmport state='off'/>",
    ...(isEmulated ? [`<tcg><tb-cache unit='MiB'>${tcgCacheBytes / 2 ** 20}</tb-cache></tcg>`] : []),
  ];
  const lines = [
    `<domain type='${isEmulated ? 'qemu' : 'kvm'}' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>`,
    `<name>${escaped(name)}</name>`,
    `<memory unit='b'>${guestRamBytes(spec)}</memory>`,
    `<vcpu>${spec.cpus}</vcpu>`,
    ...(spec.merge ? [] : ['<memoryBacking><nosharepages/></memoryBacking>']),
    `<os><type arch='x86_64' machine='${spec.machine}'>hvm</type>`,
    `<kernel>${escaped(boot.kernelFile)}</kernel><initrd>${escaped(boot.initrdFile)}</initrd>`,
    `<cmdline>${escaped(kernelParameters)}</cmdline></os>`,
    `<features>${features.join('')}</features>`,
    `<cpu mode='${isEmulated ? 'maximum' : 'host-passthrough'}'/>`,
    // See `hpet=off` of the platform vm.
    ...(isEmulated ? ["<clock offset='utc'><timer name='hpet' present='no'/></clock>"] : []),
    '<on_poweroff>destroy</on_poweroff><on_reboot>destroy</on_reboot><on_crash>destroy</on_crash>',
    '<devices>',
    `<emulator>${escaped(emulator)}</emulator>`,
    "<controller type='usb' model='none'/><memballoon model='none'/>",
    ...serialPort(0, sockets.console),
    ...serialPort(1, sockets.control),
    "<channel type='unix'>",
    `<source mode='connect' path='${escaped(sockets.output)}'/>`,
    "<target type='virtio' name='output'/></channel>",
    ...disk(spec),
    ...network(spec),
    '</devices>',
    // A second monitor: by it the moment is known at which libvirt lets the machine run.
    '<qemu:commandline>',
    ...argument('-chardev', `socket,id=tare,path=${sockets.qmp},server=off`),
    ...argument('-mon', 'chardev=tare,mode=control'),
    '</qemu:commandline>',
    '</domain>',
  ];
  return `${lines.join('\n')}\n`;
}

function serialPort(number: number, path: string): string[] {
  return [
    `<serial type='unix'><source mode='connect' path='${escaped(path)}'/>`,
    `<target type='isa-serial' port='${number}'/></serial>`,
  ];
}

function disk({ overlayFile, diskLayers, diskCache }: VmSpec): string[] {
  if (overlayFile === null) return [];
  return [
    `<disk type='file' device='disk'><driver name='qemu' type='qcow2' cache='${diskCache}'/>`,
    `<source file='${escaped(overlayFile)}'/>`,
    backingStore(diskLayers),
    "<target dev='vda' bus='virtio'/></disk>",
  ];
}

/** Said to its end, so that libvirt does not look into the files for it. */
function backingStore([next, ...below]: readonly DiskLayer[]): string {
  if (next === undefined) return '<backingStore/>';
  const source = `<format type='${next.format}'/><source file='${escaped(next.file)}'/>`;
  return `<backingStore type='file'>${source}${backingStore(below)}</backingStore>`;
}

/** The tap device is there already; `rom`: no program is loaded to start over the network. */
function network({ tap }: VmSpec): string[] {
  if (tap === null) return [];
  return [
    `<interface type='ethernet'><mac address='${tap.mac}'/>`,
    `<target dev='${tap.device}' managed='no'/><model type='virtio'/><rom enabled='no'/></interface>`,
  ];
}

function argument(...values: string[]): string[] {
  return values.map((value) => `<qemu:arg value='${escaped(value)}'/>`);
}

function escaped(text: string): string {
  const names: Record<string, string> = { '&': 'amp', '<': 'lt', '>': 'gt', "'": 'apos', '"': 'quot' };
  return text.replace(/[&<>'"]/g, (character) => `&${names[character] ?? ''};`);
}
