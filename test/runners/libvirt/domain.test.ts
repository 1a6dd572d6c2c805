import { describe, expect, it } from 'vitest';
import { domainXml } from '../../../runners/libvirt/domain.ts';
import type { VmSpec } from '../../../runners/qemu/vm/arguments.ts';

const spec: VmSpec = {
  ...{ machine: 'q35', accel: 'tcg', cpus: 2, memoryBytes: 128 * 2 ** 20, ram: { from: 'anonymous' } },
  ...{ merge: true, diskCache: 'writeback', settingsFile: null, vhostNet: false, freePageReporting: false },
  ...{
    hardware: 'virtio',
    overlayFile: '/scratch/vm/disk.qcow2',
    tap: { device: 'tap3', mac: '02:00:00:00:00:03' },
  },
  boot: { by: 'kernel', kernelFile: '/cache/vmlinuz', initrdFile: '/scratch/vm/initrd' },
  diskLayers: [
    { file: '/cache/moved.qcow2', format: 'qcow2' },
    { file: '/cache/base.ext4', format: 'raw' },
  ],
  sockets: { qmp: '/s/qmp', console: '/s/console', control: '/s/control', output: '/s/output' },
};
const describeDomain = (change: Partial<VmSpec> = {}): string =>
  domainXml({ name: 'libvirt-1', emulator: '/usr/bin/qemu-system-x86_64', spec: { ...spec, ...change } });

describe("the domain's description", () => {
  it('is the machine of the platform vm: its memory, processors, kernel, disk and tap device', () => {
    const xml = describeDomain();
    for (const part of [
      "<domain type='qemu'",
      "<memory unit='b'>134217728</memory>",
      '<vcpu>2</vcpu>',
      "machine='q35'",
      '<kernel>/cache/vmlinuz</kernel><initrd>/scratch/vm/initrd</initrd>',
      "cache='writeback'/>\n<source file='/scratch/vm/disk.qcow2'/>",
      "<target dev='tap3' managed='no'/>",
      "<cpu mode='maximum'/>",
      "<timer name='hpet' present='no'/>",
    ]) {
      expect(xml).toContain(part);
    }
  });

  it('names every file that the disk lies over, to the last, so that libvirt looks into none', () => {
    expect(describeDomain()).toContain(
      "<backingStore type='file'><format type='qcow2'/><source file='/cache/moved.qcow2'/>" +
        "<backingStore type='file'><format type='raw'/><source file='/cache/base.ext4'/><backingStore/></backingStore></backingStore>",
    );
  });

  it('is for KVM without what only emulation has', () => {
    const xml = describeDomain({ accel: 'kvm', merge: false });
    expect(xml).toContain("<domain type='kvm'");
    expect(xml).toContain("<cpu mode='host-passthrough'/>");
    expect(xml).toContain('<nosharepages/>');
    expect(xml).not.toMatch(/tb-cache|hpet/);
  });

  it('keeps odd characters of paths from ending its attributes', () => {
    expect(describeDomain({ overlayFile: "/a'b&c<d>.qcow2" })).toContain(
      "<source file='/a&apos;b&amp;c&lt;d&gt;.qcow2'/>",
    );
  });

  it('is refused for a machine that firmware starts', () => {
    expect(() => describeDomain({ boot: { by: 'firmware', uefi: null } })).toThrow(
      'only a kernel of its own',
    );
  });
});
