/** Docker's filter of system calls in the format that liblxc reads (lxc.container.conf(5), "Seccomp configuration"). */
import { writeFile } from 'node:fs/promises';
import type { Box } from '../runner.ts';
import { seccompFilter, type SeccompFilter } from '../shared/seccomp.ts';

/** @returns the file that was written; null: no filter is wanted */
export async function writeSeccompProfile(file: string, wanted: Box['seccomp']): Promise<string | null> {
  const filter = await seccompFilter(wanted);
  if (filter === null) return null;
  await writeFile(file, lxcSeccomp(filter));
  return file;
}

/** Rules before any architecture are for all that the machine's kernel takes, as in docker's profile. */
export function lxcSeccomp({ defaultAction, defaultErrnoRet, syscalls }: SeccompFilter): string {
  const usual = actionOf(defaultAction, defaultErrnoRet);
  const rules = syscalls.flatMap(({ names, action, errnoRet, args }) => {
    const answer = actionOf(action, errnoRet);
    // libseccomp refuses a rule that says what holds without it.
    if (answer === usual) return [];
    return names.map((name) => [name, answer, args.map(condition).join('')].join(' ').trimEnd());
  });
  return `${['2', `allowlist ${usual}`, ...rules].join('\n')}\n`;
}

/** The number of an error that is not stated is that of EPERM. */
function actionOf(action: string, errno = 1): string {
  switch (action) {
    case 'SCMP_ACT_ALLOW':
      return 'allow';
    case 'SCMP_ACT_ERRNO':
      return `errno ${errno}`;
    case 'SCMP_ACT_TRAP':
      return 'trap';
    case 'SCMP_ACT_KILL':
      return 'kill';
    default:
      throw new Error(`LXC has no word for the action ${action} of the profile of system calls`);
  }
}

/** The runtime specification has the mask first, liblxc what remains under it. */
function condition({
  index,
  value,
  valueTwo,
  op,
}: SeccompFilter['syscalls'][number]['args'][number]): string {
  const numbers = op === 'SCMP_CMP_MASKED_EQ' ? [valueTwo, op, value] : [value, op];
  return `[${[index, ...numbers].join(',')}]`;
}
