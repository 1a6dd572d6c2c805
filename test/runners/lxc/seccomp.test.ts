import { expect, it } from 'vitest';
import { lxcSeccomp } from '../../../runners/lxc/seccomp.ts';
import type { SeccompFilter } from '../../../runners/shared/seccomp.ts';

const rule = { action: 'SCMP_ACT_ALLOW', args: [] };

function lines(
  syscalls: SeccompFilter['syscalls'],
  usual: Partial<SeccompFilter> = { defaultErrnoRet: 38 },
): string[] {
  const filter = { defaultAction: 'SCMP_ACT_ERRNO', architectures: [], syscalls, ...usual };
  return lxcSeccomp(filter).trimEnd().split('\n');
}

it('says the error of what is not listed, and a line for each call that is', () => {
  expect(
    lines([
      { ...rule, names: ['read', 'write'] },
      { ...rule, names: ['bpf'], action: 'SCMP_ACT_ERRNO', errnoRet: 1 },
    ]),
  ).toEqual(['2', 'allowlist errno 38', 'read allow', 'write allow', 'bpf errno 1']);
  expect(lines([], {})).toEqual(['2', 'allowlist errno 1']);
});

it('has the mask of a masked comparison behind the value, where liblxc looks for it', () => {
  const args = [
    { index: 0, value: 2114060288, valueTwo: 0, op: 'SCMP_CMP_MASKED_EQ' },
    { index: 1, value: 8, valueTwo: 0, op: 'SCMP_CMP_EQ' },
  ];
  expect(lines([{ ...rule, names: ['clone'], args }])).toContain(
    'clone allow [0,0,SCMP_CMP_MASKED_EQ,2114060288][1,8,SCMP_CMP_EQ]',
  );
});

it('leaves out what would hold without it, which libseccomp refuses to be told', () => {
  expect(lines([{ ...rule, names: ['bpf'], action: 'SCMP_ACT_ERRNO', errnoRet: 38 }])).toHaveLength(2);
});

it('refuses an action that liblxc has no word for', () => {
  expect(() => lines([{ ...rule, names: ['read'], action: 'SCMP_ACT_LOG' }])).toThrow(/SCMP_ACT_LOG/);
});
