/** Keys of a workload that say what its box is like, the same on every platform. Their defaults are those of docker. */
import { z } from 'zod';
import { parseStopSignal } from '../stop-signal.ts';
import { size, wholeNumber } from './fields.ts';
import { seccompProfiles } from './allowed-words.ts';

/** The kernel refuses more, whatever `fs.nr_open` says. */
const mostFiles = 2 ** 30;
const kibibyte = 1024;
const signalExample = 'a signal such as SIGTERM, quit, 15 or SIGRTMIN+3';

export const boxKeys = {
  user: z
    .string({ error: 'expected a user name, or uid:gid in quotes' })
    .regex(
      /^(?=.)([A-Za-z_][A-Za-z0-9_.-]*\$?|[0-9]+)?(:([A-Za-z_][A-Za-z0-9_.-]*\$?|[0-9]+)?)?$/,
      'expected a user of the payload, a number, or both with a group, such as www, www:adm or "1000:1000"',
    )
    .optional()
    .describe(
      "User by the payload's own passwd file or by number, with a group after a colon if wanted; without it the image's, else root.",
    ),
  nofile: z
    .union([
      wholeNumber(1, mostFiles),
      z
        .string()
        .regex(/^[0-9]+:[0-9]+$/, 'expected a number, or a soft and a hard limit such as 1024:524288')
        .refine(isOrdered, {
          message: `expected a soft limit that is not above the hard one, both from 1 to ${mostFiles}`,
        }),
    ])
    .prefault('1024:524288')
    .transform(softAndHard)
    .describe('Limit of open files: one number, or the soft and the hard limit.'),
  seccomp: z
    .enum(seccompProfiles)
    .prefault('default')
    .describe("Filter of system calls in containers: docker's profile, or none."),
  'shm-size': size(4 * kibibyte, kibibyte ** 4)
    .prefault('64MiB')
    .describe('Size of /dev/shm.'),
  hostname: z
    .string()
    .max(63, 'is too long; expected at most 63 characters')
    .regex(
      /^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$/,
      'expected the name of a host: letters, digits and dashes, parts with dots between them',
    )
    .prefault('box')
    .describe("The box's own name."),
  'stop-signal': z
    .union([z.string(), z.int()], { error: `expected ${signalExample}` })
    .transform((written, context) => {
      const signal = parseStopSignal(String(written));
      if (signal !== null) return signal;
      context.addIssue(`${written} is not a signal of Linux; expected ${signalExample}`);
      return z.NEVER;
    })
    .optional()
    .describe("Signal that asks it to end, by name or number; without it the image's, else SIGTERM."),
};

function isOrdered(text: string): boolean {
  const { soft, hard } = softAndHard(text);
  return soft >= 1 && soft <= hard && hard <= mostFiles;
}

function softAndHard(value: number | string): { soft: number; hard: number } {
  const [soft = 0, hard = soft] = String(value).split(':').map(Number);
  return { soft, hard };
}
