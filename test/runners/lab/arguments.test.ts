import { describe, expect, it } from 'vitest';
import { labArguments, type LabSpec } from '../../../runners/lab/arguments.ts';

const spec: LabSpec = {
  unit: 'run',
  accel: 'tcg',
  cpus: 2,
  memoryBytes: 1536 * 2 ** 20,
  kernelFile: '/k',
  initrdFile: '/i',
  overlayFile: '/a,b/disk.qcow2',
  readOnlyDisks: ['/tools', '/given'],
  sockets: { console: '/c', line: '/l' },
};

describe("the lab's QEMU", () => {
  it('emulates virtualisation with nested paging, or hands the host’s through', () => {
    expect(labArguments(spec)).toContain('max,+svm,+npt');
    const kvm = labArguments({ ...spec, accel: 'kvm' });
    expect(kvm).toContain('host');
    expect(kvm.join(' ')).not.toContain('svm');
  });

  it('has the disks in the order in which they are mounted, only the first one writable', () => {
    const drives = labArguments(spec).filter((each) => each.startsWith('if=none'));
    expect(drives).toEqual([
      'if=none,id=root,format=qcow2,file=/a,,b/disk.qcow2',
      'if=none,id=given0,format=raw,read-only=on,file=/tools',
      'if=none,id=given1,format=raw,read-only=on,file=/given',
    ]);
  });

  it('starts the unit that the session asks for', () => {
    expect(labArguments(spec).join(' ')).toContain('systemd.unit=tare-run.service');
  });
});
