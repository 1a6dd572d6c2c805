/** Schema of a workload's `ready`: when an instance counts as ready. */
import { z } from 'zod';
import { compiles, duration, urlPath, wholeNumber } from './fields.ts';
import { redirectChoices, schemes, statusClasses } from './allowed-words.ts';

const hourMs = 3_600_000;

const timeout = duration(100, hourMs)
  .prefault('60s')
  .describe('An instance that is not ready, or has not ended, by then has failed.');

const status = z.union([
  wholeNumber(100, 599),
  z.enum(statusClasses, {
    error: ({ input }) =>
      typeof input === 'string'
        ? `expected a status such as 200, or a class such as 2xx, found ${JSON.stringify(input)}`
        : undefined,
  }),
]);

/** What says how a message is framed; the prober's own work depends on it. */
const framing = ['connection', 'content-length', 'transfer-encoding', 'upgrade', 'te', 'trailer', 'expect'];

const headerName = z
  .string()
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'expected the name of a header, such as Host')
  .refine((name) => !framing.includes(name.toLowerCase()), {
    message: `is a header that the prober sets itself; expected another than ${framing.join(', ')}`,
  });

const headerValue = z
  .string({
    error: (issue) =>
      issue.input === undefined ? undefined : 'expected text; put numbers and yes/no in quotes',
  })
  .regex(
    /^[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?$/,
    'expected printable ASCII text on one line, without spaces at its ends',
  );

export const readiness = z
  .discriminatedUnion('by', [
    z.strictObject({
      by: z.literal('http').describe('The first complete good answer.'),
      path: urlPath.prefault('/').describe('Path that is asked for.'),
      scheme: z
        .enum(schemes)
        .prefault('http')
        .describe('With https any certificate will do; it is not checked.'),
      headers: z
        .record(headerName, headerValue)
        .optional()
        .describe('Headers of the request, such as Host; they replace the ones that the prober sends.'),
      status: z
        .union([status, z.array(status).min(1, 'expected at least one status')])
        .prefault(200)
        .describe('Status of a good answer: a number, a class such as 2xx, or a list of these.'),
      redirects: z
        .enum(redirectChoices)
        .prefault('refuse')
        .describe('`follow`: what a redirect leads to is the answer that counts; it stays in the instance.'),
      body: z.string().min(1, 'expected some text').optional().describe('Text that a good answer contains.'),
      timeout,
    }),
    z
      .strictObject({
        by: z
          .literal('tcp')
          .describe('The first accepted connection, or with `expect` the first answer that matches.'),
        send: z
          .string()
          .refine((text) => /^[\0-\xff]*$/.test(text), {
            message:
              'has a character that does not fit into a byte; write bytes that are not text as "\\xNN" in double quotes',
          })
          .optional()
          .describe('What is sent once connected, a byte each character.'),
        expect: z
          .string()
          .min(1, 'expected a regular expression')
          .superRefine(compiles)
          .optional()
          .describe('Regular expression that the answer matches, a character each byte.'),
        timeout,
      })
      .refine(({ send, expect }) => send === undefined || expect !== undefined, {
        path: ['send'],
        message: 'nothing is made of the answer; add what to "expect"',
      }),
    z.strictObject({
      by: z.literal('exit').describe('The end of a workload that does its work and ends by itself.'),
      status: wholeNumber(0, 255).prefault(0).describe('Exit status of a good end.'),
      timeout,
    }),
  ])
  .describe('When an instance counts as ready.');
