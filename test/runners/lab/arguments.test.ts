import { describe, expect, it } from 'vitest';
import { labArguments, type LabSpec } from '../../../runners/lab/arguments.ts';

const spec: LabSpec = {
  unit: 'run',
  accel: 'tcg',
  clock: 'real',
  cpus: 2,
  memoryBytes: 1536 * 2 ** 20,
  kernelFile: '/k',
  initrdFile: '/i',
  disks: [
    { role: 'system', file: '/a,b/disk.qcow2', format: 'qcow2', bytes: 7 * 2 ** 30 },
    { role: 'tools', file: '/tools', format: 'raw', bytes: 2 ** 28 },
    { role: 'given', file: '/given', format: 'raw', bytes: 2 ** 27 },
  ],
  sockets: { control: '/run/tare/qmp', console: '/c', line: '/l' },
};

describe("the lab's QEMU", () => {
  it('emulates virtualization with nested paging, or hands the host’s through', () => {
    expect(labArguments(spec)).toContain('max,+svm,+npt');
    const kvm = labArguments({ ...spec, accel: 'kvm' });
    expect(kvm).toContain('host');
    expect(kvm.join(' ')).not.toContain('svm');
  });

  it('has disks of which only the own one is writable, and says what to find them by', () => {
    const drives = labArguments(spec).filter((each) => each.startsWith('if=none'));
    expect(drives).toEqual([
      'if=none,id=system,format=qcow2,file=/a,,b/disk.qcow2',
      'if=none,id=tools,format=raw,read-only=on,file=/tools',
      'if=none,id=given,format=raw,read-only=on,file=/given',
    ]);
    const uuid = '7a7e0000-7461-4e72-8000-00000000000';
    expect(labArguments(spec).join(' ')).toContain(`lab.disks=${uuid}a,${uuid}b,${uuid}c `);
  });

  it('has memory for disks, one clock and no chance in virtual time', () => {
    const words = labArguments({ ...spec, clock: 'virtual', cpus: 1 }).join(' ');
    expect(words).not.toMatch(/virtio-blk|svm/);
    expect(words).toContain('memory-backend-file,id=tools,share=off,size=268435456,mem-path=/tools');
    expect(words).toContain('-m 1536M,slots=3,maxmem=12G');
    expect(words).toMatch(/-icount shift=0,sleep=off .*-seed 1 .*-rdrand,-rdseed|-rdrand,-rdseed .*-icount/);
    expect(words).toContain('nokaslr norandmaps');
    expect(labArguments(spec).join(' ')).not.toMatch(/icount|nokaslr|nvdimm/);
  });

  it('starts the unit that the session asks for', () => {
    expect(labArguments(spec).join(' ')).toContain('systemd.unit=tare-run.service');
  });
});
