import { expect, it } from 'vitest';
import { filterOf } from '../../../runners/shared/seccomp.ts';

it("keeps of the profile what holds for this processor and docker's capabilities", () => {
  const rule = (name: string, more: object): Parameters<typeof filterOf>[0]['syscalls'][number] => ({
    names: [name],
    action: 'SCMP_ACT_ALLOW',
    ...more,
  });
  const filter = filterOf({
    defaultAction: 'SCMP_ACT_ERRNO',
    defaultErrnoRet: 38,
    archMap: [
      { architecture: 'SCMP_ARCH_AARCH64', subArchitectures: ['SCMP_ARCH_ARM'] },
      { architecture: 'SCMP_ARCH_X86_64', subArchitectures: ['SCMP_ARCH_X86'] },
    ],
    syscalls: [
      rule('always', { args: null, errnoRet: 1 }),
      rule('ours', { includes: { arches: ['amd64'] } }),
      rule('others', { includes: { arches: ['s390'] } }),
      rule('given', { includes: { caps: ['CAP_CHOWN'] } }),
      rule('not given', { includes: { caps: ['CAP_SYS_ADMIN'] } }),
      rule('without', { excludes: { caps: ['CAP_SYS_ADMIN'] } }),
      rule('not with', { excludes: { caps: ['CAP_CHOWN'] } }),
      rule('not here', { excludes: { arches: ['amd64'] } }),
    ],
  });
  expect(filter).toMatchObject({
    defaultErrnoRet: 38,
    architectures: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86'],
  });
  expect(filter.syscalls.map(({ names }) => names[0])).toEqual(['always', 'ours', 'given', 'without']);
  expect(filter.syscalls[0]).toEqual({ names: ['always'], action: 'SCMP_ACT_ALLOW', args: [], errnoRet: 1 });
});
