import { expect, test } from 'vitest';
import { guestRamBytes, qemuArguments, type VmSpec } from '../../../runners/qemu/arguments.ts';

const spec: VmSpec = {
  machine: 'q35',
  accel: 'tcg',
  cpus: 2,
  memoryBytes: 512 * 1024 * 1024,
  kernelFile: '/cache/vmlinuz',
  initrdFile: '/scratch/vm.initrd',
  overlayFile: '/scratch/vm.qcow2',
  tap: { device: 't2', mac: '52:54:00:00:00:02' },
  sockets: { qmp: '/run/q', console: '/run/c', control: '/run/k' },
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

test('nothing that was not asked for is there', () => {
  const args = qemuArguments({ ...spec, overlayFile: null, tap: null });
  expect(args).toEqual(expect.arrayContaining(['-nodefaults', '-no-user-config', '-no-reboot']));
  expect(values(args, '-device')).toEqual([
    'isa-serial,chardev=console,index=0',
    'isa-serial,chardev=control,index=1',
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
  expect(guestRamBytes(8192 * 3 + 1)).toBe(8192 * 3);
  const args = qemuArguments({ ...spec, memoryBytes: 536870912 + 5000 });
  expect(values(args, '-m')).toEqual(['536870912B']);
  expect(values(args, '-object')).toEqual(['memory-backend-ram,id=ram,size=536870912']);
});

test('a comma in a path stays in the path', () => {
  const args = qemuArguments({ ...spec, overlayFile: '/a,b/vm.qcow2' });
  expect(values(args, '-drive')).toEqual(['if=none,id=disk,format=qcow2,file=/a,,b/vm.qcow2']);
});
