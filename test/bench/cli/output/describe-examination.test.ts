import { describe, expect, it } from 'vitest';
import { describe as describeExamination } from '../../../../bench/cli/output/describe-examination.ts';
import type { Examination } from '../../../../bench/doctor/examine.ts';
import { requirements } from '../../../../bench/doctor/requirements.ts';

const debianRoot = {
  manager: 'apt',
  osRelease: 'ID=debian\nVERSION_ID="12"\n',
  isRoot: true,
  offered: [],
} as const;

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
    const text = describeExamination(healthy, debianRoot);
    expect(text).toMatch(/^vm +yes +tcg +7\.2 +\[1\]$/m);
    expect(text).toMatch(/^\[1\] no KVM$/m);
    expect(text).toMatch(/^swap +ok +off$/m);
    expect(text).toContain('The default scenario can run here: tare run');
    expect(text).not.toContain('missing');
  });

  it('says once what many platforms share', () => {
    const vm = healthy.platforms[0] as Examination['platforms'][number];
    const pair = { ...vm, id: 'vm-pc', notes: ['no KVM', 'slow'] };
    const text = describeExamination({ ...healthy, platforms: [vm, pair] }, debianRoot);
    expect(text).toMatch(/^vm-pc .* \[1\] \[2\]$/m);
    expect(text.match(/no KVM/g)).toHaveLength(1);
  });

  it('gives remedies in the words of the system', () => {
    const platforms = healthy.platforms.map((it) => ({
      ...it,
      usable: false,
      notes: ['not installed'],
      remedy: 'apt-get install docker.io',
    }));
    const text = describeExamination(
      { ...healthy, platforms },
      { manager: 'dnf', osRelease: '', isRoot: true, offered: [] },
    );
    expect(text).toContain('fix: dnf install moby-engine');
  });

  const unfit: Examination = {
    ...healthy,
    ready: false,
    platforms: healthy.platforms.map((it) => ({
      ...it,
      usable: false,
      accel: null,
      notes: ['no qemu'],
      remedy: 'use another kernel',
    })),
    system: [{ name: 'rights', level: 'fail', found: 'not root', remedy: 'run it with sudo' }],
  };

  it('gives reason and remedy of an unfit platform and an unfit machine', () => {
    const text = describeExamination(unfit, debianRoot);
    expect(text).toMatch(/^vm +NO +7\.2 +\[1\]$/m);
    expect(text).toMatch(/^\[1\] no qemu\n {4}fix: use another kernel$/m);
    expect(text).toMatch(/^rights +FAIL +not root$/m);
    expect(text).toContain('\nrights: run it with sudo\n');
    expect(text).toContain('Not every platform of the default scenario can run here');
  });

  it('names what is missing and how to install it', () => {
    const missing = requirements.filter((requirement) => requirement.names.includes('mke2fs'));
    const text = describeExamination({ ...unfit, missing }, debianRoot);
    expect(text).toContain('mke2fs: makes file systems (VMs)');
    expect(text).toMatch(/install them with: tare doctor --fix .*e2fsprogs/);
  });
});
