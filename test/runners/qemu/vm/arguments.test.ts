import { expect, test } from 'vitest';
import { guestRamBytes, qemuArguments, type VmSpec } from '../../../../runners/qemu/vm/arguments.ts';

const spec: VmSpec = {
  machine: 'q35',
  accel: 'tcg',
  cpus: 2,
  memoryBytes: 512 * 1024 * 1024,
  ram: { from: 'anonymous' },
  merge: true,
  boot: { by: 'kernel', kernelFile: '/cache/vmlinuz', initrdFile: '/scratch/vm/initrd' },
  diskLayers: [],
  hardware: 'virtio',
  overlayFile: '/scratch/vm.qcow2',
  diskCache: 'none',
  settingsFile: null,
  vhostNet: false,
  freePageReporting: false,
  tap: { device: 't2', mac: '52:54:00:00:00:02' },
  sockets: { qmp: '/run/q', console: '/run/c', control: '/run/k', output: '/run/o' },
};

/** Every value given to an option. */
function values(args: readonly string[], option: string): string[] {
  return args.filter((_, index) => args[index - 1] === option);
}

test('q35 under TCG has no HPET, a bounded translation cache and the widest processor', () => {
  const args = qemuArguments(spec);
  expect(values(args, '-machine')).toEqual(['q35,memory-backend=ram,vmport=off,hpet=off']);
  expect(values(args, '-accel')).toEqual(['tcg,tb-size=128']);
  expect(values(args, '-cpu')).toEqual(['max']);
});

test.each(['q35', 'pc'] as const)('%s under KVM has the processor of the host', (machine) => {
  const args = qemuArguments({ ...spec, machine, accel: 'kvm' });
  expect(values(args, '-machine')).toEqual([`${machine},memory-backend=ram,vmport=off`]);
  expect(values(args, '-accel')).toEqual(['kvm']);
  expect(values(args, '-cpu')).toEqual(['host']);
});

test('microvm has ACPI and its devices on virtio-mmio', () => {
  const args = qemuArguments({ ...spec, machine: 'microvm', accel: 'kvm' });
  expect(values(args, '-machine')).toEqual(['microvm,memory-backend=ram,acpi=on,isa-serial=off']);
  expect(values(args, '-device')).toContain('virtio-blk-device,drive=disk');
  expect(values(args, '-device')).toContain('virtio-net-device,netdev=net,mac=52:54:00:00:00:02');
});

test('what other hypervisors emulate: a disk on SATA, and the network card of most PCs', () => {
  const args = qemuArguments({ ...spec, hardware: 'sata+e1000e' });
  expect(values(args, '-device')).toContain('ide-hd,bus=ide.0,drive=disk');
  expect(values(args, '-device')).toContain('e1000e,romfile=,netdev=net,mac=52:54:00:00:00:02');
});

test('QEMU is confined to its own work, and told where each layer of its disk is', () => {
  const diskLayers = [
    { file: '/proc/self/fd/4', format: 'qcow2' },
    { file: '/a,b', format: 'raw' },
  ] as const;
  const args = qemuArguments({ ...spec, overlayFile: '/proc/self/fd/3', diskLayers });
  expect(values(args, '-sandbox')).toEqual([
    'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny',
  ]);
  expect(values(args, '-drive')).toEqual([
    'if=none,id=disk,format=qcow2,cache=none,file=/proc/self/fd/3' +
      ',backing.driver=qcow2,backing.file.driver=file,backing.file.filename=/proc/self/fd/4' +
      ',backing.backing.driver=raw,backing.backing.file.driver=file,backing.backing.file.filename=/a,,b',
  ]);
});

test('nothing that was not asked for is there', () => {
  const args = qemuArguments({ ...spec, overlayFile: null, tap: null });
  expect(args).toEqual(expect.arrayContaining(['-nodefaults', '-no-user-config', '-no-reboot']));
  expect(values(args, '-device')).toEqual([
    'isa-serial,chardev=console,index=0',
    'isa-serial,chardev=control,index=1',
    'virtio-serial-pci,ioeventfd=off',
    'virtserialport,chardev=output',
  ]);
  expect(values(args, '-drive')).toEqual([]);
  expect(values(args, '-netdev')).toEqual([]);
});

test('the NIC loads no boot program, and QEMU runs no script for the tap', () => {
  const args = qemuArguments(spec);
  expect(values(args, '-device')).toContain('virtio-net-pci,romfile=,netdev=net,mac=52:54:00:00:00:02');
  expect(values(args, '-netdev')).toEqual(['tap,id=net,ifname=t2,script=no,downscript=no']);
});

test('guest RAM is the limit in whole pages, and the backend has the same size', () => {
  expect(guestRamBytes({ ...spec, memoryBytes: 8192 * 3 + 1 })).toBe(8192 * 3);
  const args = qemuArguments({ ...spec, memoryBytes: 536870912 + 5000 });
  expect(values(args, '-m')).toEqual(['536870912B']);
  expect(values(args, '-object')).toEqual(['memory-backend-ram,id=ram,size=536870912']);
});

test('a comma in a path stays in the path', () => {
  const args = qemuArguments({ ...spec, overlayFile: '/a,b/vm.qcow2' });
  expect(values(args, '-drive')).toEqual(['if=none,id=disk,format=qcow2,cache=none,file=/a,,b/vm.qcow2']);
});

test('firmware boots from the disk, and the settings are on a second one', () => {
  const args = qemuArguments({ ...spec, boot: { by: 'firmware', uefi: null }, settingsFile: '/s' });
  expect(args).not.toContain('-kernel');
  expect(values(args, '-drive')).toEqual([
    'if=none,id=disk,format=qcow2,cache=none,file=/scratch/vm.qcow2',
    'if=none,id=settings,format=raw,readonly=on,file=/s',
  ]);
  expect(values(args, '-device').filter((device) => device.includes('blk'))).toEqual([
    'virtio-blk-pci,drive=disk',
    'virtio-blk-pci,drive=settings',
  ]);
});

test('UEFI has its code read-only, and variables of its own', () => {
  const uefi = { codeFile: '/code', variablesFile: '/variables' };
  const args = qemuArguments({ ...spec, boot: { by: 'firmware', uefi } });
  expect(values(args, '-drive').slice(0, 2)).toEqual([
    'if=pflash,unit=0,format=raw,readonly=on,file=/code',
    'if=pflash,unit=1,format=raw,file=/variables',
  ]);
});

test('memory can be huge pages, a file, or not for merging', () => {
  const memoryBytes = 3 * 1024 * 1024;
  const huge = { ...spec, memoryBytes, ram: { from: 'huge-pages' } as const };
  expect(guestRamBytes(huge)).toBe(2 * 1024 * 1024);
  expect(values(qemuArguments(huge), '-object')).toEqual([
    'memory-backend-memfd,hugetlb=on,hugetlbsize=2M,share=off,id=ram,size=2097152',
  ]);
  const file = { from: 'file', path: '/ram', shared: false } as const;
  expect(values(qemuArguments({ ...spec, memoryBytes, ram: file, merge: false }), '-object')).toEqual([
    'memory-backend-file,mem-path=/ram,share=off,id=ram,size=3145728,merge=off',
  ]);
});

test('the host moves the packets where that is asked for', () => {
  const args = qemuArguments({ ...spec, vhostNet: true });
  expect(values(args, '-netdev')).toEqual(['tap,id=net,ifname=t2,script=no,downscript=no,vhost=on']);
});

test('a guest that reports its free memory has a balloon for it', () => {
  const balloons = (args: readonly string[]): string[] =>
    values(args, '-device').filter((device) => device.startsWith('virtio-balloon'));
  expect(balloons(qemuArguments(spec))).toEqual([]);
  expect(balloons(qemuArguments({ ...spec, freePageReporting: true }))).toEqual([
    'virtio-balloon-pci,free-page-reporting=on',
  ]);
  expect(balloons(qemuArguments({ ...spec, machine: 'microvm', freePageReporting: true }))).toEqual([
    'virtio-balloon-device,free-page-reporting=on',
  ]);
});

test('a clone waits for the state of the machine it continues', () => {
  const boot = { by: 'incoming', kernelFile: '/k', initrdFile: '/i' } as const;
  const args = qemuArguments({ ...spec, boot });
  expect(values(args, '-incoming')).toEqual(['defer']);
  expect(values(args, '-kernel')).toEqual(['/k']);
});
