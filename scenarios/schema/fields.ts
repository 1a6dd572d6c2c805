/** Kinds of values that the scenario's and the workload's schema share. Every message ends with what would be right. */
import { z } from 'zod';
import {
  durationExample,
  durationPattern,
  formatDuration,
  formatSize,
  parseDuration,
  parseSize,
  sizeExample,
  sizePattern,
} from './quantities.ts';

/** A size within bounds, in bytes once parsed. */
export function size(
  leastBytes: number,
  mostBytes: number,
): z.ZodPipe<z.ZodString, z.ZodTransform<number, string>> {
  return quantity(sizePattern, sizeExample, parseSize, formatSize, leastBytes, mostBytes);
}

/** A time within bounds, in milliseconds once parsed. */
export function duration(
  leastMs: number,
  mostMs: number,
): z.ZodPipe<z.ZodString, z.ZodTransform<number, string>> {
  return quantity(durationPattern, durationExample, parseDuration, formatDuration, leastMs, mostMs);
}

/** A number within bounds; NaN and infinities are no numbers. */
export function number(least: number, most: number): z.ZodNumber {
  const message = `out of range; expected a number from ${least} to ${most}`;
  return z.number().min(least, message).max(most, message);
}

export function wholeNumber(least: number, most: number): z.ZodNumber {
  const message = `expected a whole number from ${least} to ${most}`;
  return z.number().int(message).min(least, message).max(most, message);
}

/** A name that becomes part of file, cgroup and interface names. */
export const identifier = z
  .string()
  .max(32, 'is too long; expected at most 32 characters')
  .regex(
    /^[a-z0-9][a-z0-9.-]*$/,
    'expected a name of lower-case letters, digits, dots and dashes that begins with a letter or digit',
  );

/** Text that can be handed to the kernel as an argument. */
export const argument = z
  .string({
    error: (issue) =>
      issue.input === undefined ? undefined : 'expected text; put numbers and yes/no in quotes',
  })
  .refine((text) => !text.includes('\0'), { message: 'contains a zero byte, which no argument can' });

/** An absolute path inside the payload, already in its simplest form. */
export const payloadPath = z
  .string()
  .regex(/^\/[^\p{Cc}]*$/u, 'expected an absolute path inside the payload, such as /srv/www')
  .refine((path) => !/\/(\.{0,2})\/|\/\.{1,2}$|.\/$/.test(path), {
    message: 'expected a path without "//", "." and ".." parts and without a slash at its end',
  });

/** Path of a URL on the workload itself. */
export const urlPath = z
  .string()
  .regex(
    /^\/[\x21-\x7e]*$/,
    'expected the path of a URL, such as /health: it begins with a slash and has no spaces',
  );

/** For text that is to be a regular expression. */
export function compiles(pattern: string, context: z.RefinementCtx): void {
  try {
    new RegExp(pattern);
  } catch (error) {
    context.addIssue(
      `${error instanceof Error ? error.message : String(error)}; expected a JavaScript regular expression`,
    );
  }
}

function quantity(
  pattern: RegExp,
  example: string,
  parse: (text: string) => number | null,
  format: (value: number) => string,
  least: number,
  most: number,
): z.ZodPipe<z.ZodString, z.ZodTransform<number, string>> {
  return z
    .string({ error: (issue) => (issue.input === undefined ? undefined : `expected ${example}`) })
    .regex(pattern, `expected ${example}`)
    .transform((text, context) => {
      const value = parse(text);
      if (value !== null && value >= least && value <= most) return value;
      context.addIssue(`${text} is out of range; expected ${format(least)} to ${format(most)}`);
      return z.NEVER;
    });
}

/** Name of an OCI runtime, with the usual one where none is named. */
export function runtimeName(usual: string): z.ZodPrefault<z.ZodString> {
  return z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'expected the name of an OCI runtime on the PATH, such as runc')
    .prefault(usual);
}
