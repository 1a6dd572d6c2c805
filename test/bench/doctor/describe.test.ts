import { describe, expect, it } from 'vitest';
import { describe as describeExamination } from '../../../bench/commands/doctor.ts';
import type { Examination } from '../../../bench/doctor/examine.ts';
import { requirements } from '../../../bench/doctor/requirements.ts';

const healthy: Examination = {
  ready: true,
  platforms: [
    {
      id: 'vm',
      usable: true,
      isDefault: true,
      accel: 'tcg',
      version: '7.2',
      notes: ['no KVM'],
      remedy: null,
    },
  ],
  system: [{ name: 'swap', level: 'ok', found: 'off', remedy: null }],
  missing: [],
};

describe('what the doctor says', () => {
  it('names platforms with version and notes, and the next step', () => {
    const text = describeExamination(healthy, 'apt');
    expect(text).toMatch(/^vm +yes +tcg +7\.2 +no KVM$/m);
    expect(text).toMatch(/^swap +ok +off$/m);
    expect(text).toContain('The default scenario can run here: tare run');
    expect(text).not.toContain('missing');
  });

  it('gives reason and remedy of an unfit platform, and what to install', () => {
    const text = describeExamination(
      {
        ready: false,
        platforms: healthy.platforms.map((it) => ({
          ...it,
          usable: false,
          accel: null,
          notes: ['no qemu'],
          remedy: 'install qemu',
        })),
        system: [{ name: 'rights', level: 'fail', found: 'not root', remedy: 'run it with sudo' }],
        missing: requirements.filter((requirement) => requirement.names.includes('mke2fs')),
      },
      null,
    );
    expect(text).toMatch(/^vm +NO +7\.2 +no qemu$/m);
    expect(text).toContain('vm: install qemu');
    expect(text).toMatch(/^rights +FAIL +not root$/m);
    expect(text).toContain('mke2fs: makes file systems (VMs)');
    expect(text).toMatch(/apt-get install .*e2fsprogs\n {2}or: dnf install e2fsprogs\n {2}or: pacman/);
    expect(text).toContain('Not every platform of the default scenario can run here');
  });
});
