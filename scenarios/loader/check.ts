/** Holds data against a schema and says, in our own words and with places, everything that is wrong with it. */
import { z } from 'zod';
import type { Mistake } from './error.ts';
import { platformSchemas } from '../platforms/platform-schema.ts';
import type { Path, Source } from './source.ts';
import { didYouMean } from './suggest.ts';

/**
 * @param at path of `value` in the source: empty for the whole file
 * @returns the parsed data with every default filled in, or null after adding to `mistakes`
 */
export function check<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  source: Source,
  at: Path,
  mistakes: Mistake[],
): z.output<Schema> | null {
  const parsed = schema.safeParse(value, { error: message });
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) mistakes.push(...place(issue, [], value, source, at));
  return null;
}

/** A value as messages show it: short, and never its inside. */
export function quoted(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  const shown = typeof value === 'number' ? String(value) : JSON.stringify(value);
  return shown.length > 80 ? `${shown.slice(0, 79)}…` : shown;
}

type RawIssue = z.core.$ZodRawIssue;

/** What zod asks for each issue; unknown keys are one line per key, in the order of `issue.keys`. */
function message(issue: RawIssue): string | undefined {
  // Issues of the other codes have their words in the schema.
  // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key: string) => unknownKey(key, issue)).join('\n');
    case 'invalid_type':
      return issue.input === undefined
        ? missing(issue)
        : `expected ${typeName(issue.expected)}, found ${quoted(issue.input)}`;
    case 'invalid_value':
      if (issue.input === undefined) return missing(issue);
      return `unknown value ${quoted(issue.input)}${didYouMean(plain(issue.input), issue.values.map(String))}`;
    case 'invalid_union':
      return unionMessage(issue);
    default:
      return undefined;
  }
}

function missing(
  issue: z.core.$ZodRawIssue<z.core.$ZodIssueInvalidType | z.core.$ZodIssueInvalidValue>,
): string {
  const right = issue.code === 'invalid_value' ? oneOf(issue.values) : typeName(issue.expected);
  return `is missing; expected ${right}`;
}

function oneOf(values: readonly unknown[]): string {
  return values.length === 1 ? String(values[0]) : `one of ${values.map(String).join(', ')}`;
}

function unknownKey(key: string, issue: RawIssue): string {
  const name = quoted(key);
  if (issue.inst instanceof z.ZodObject) {
    const runner = runnerOf(issue.inst);
    const owner = Object.entries(platformSchemas).find(([, schema]) => Object.hasOwn(schema.shape, key));
    if (runner !== null && owner)
      return `key ${name} belongs to runner ${owner[0]}, not to runner ${runner}; remove it or change the runner`;
    const known = Object.keys(issue.inst.shape);
    return known.length === 0
      ? `unknown key ${name}; expected none here`
      : `unknown key ${name}${didYouMean(key, known)}`;
  }
  return `unknown key ${name}`;
}

function runnerOf(schema: z.ZodObject): string | null {
  return Object.entries(platformSchemas).find(([, candidate]) => candidate === schema)?.[0] ?? null;
}

/** A discriminated union whose discriminator is missing or unknown. */
function unionMessage(issue: RawIssue): string | undefined {
  if (!(issue.inst instanceof z.ZodDiscriminatedUnion)) return undefined;
  const key = issue.inst.def.discriminator;
  const known = issue.inst.options.flatMap((option) =>
    [...(option._zod.propValues?.[key] ?? [])].map(String),
  );
  if (issue.input === undefined) return 'is missing; expected a mapping';
  const found = (issue.input as Record<string, unknown>)[key];
  if (found === undefined) return `key "${key}" is missing; expected ${oneOf(known)}`;
  return `unknown value ${quoted(found)}${didYouMean(plain(found), known)}`;
}

/** The word to find a suggestion for; nothing resembles a list or a mapping. */
function plain(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function typeName(expected: string): string {
  const names: Record<string, string> = {
    string: 'text',
    number: 'a number',
    int: 'a whole number',
    boolean: 'true or false',
    array: 'a list',
    object: 'a mapping',
    record: 'a mapping',
  };
  return names[expected] ?? expected;
}

/** One issue as mistakes of the file: unions are reduced to the branch that was meant. */
function place(issue: z.core.$ZodIssue, base: Path, value: unknown, source: Source, at: Path): Mistake[] {
  const path = [...base, ...issue.path];
  const whole = [...at, ...path];
  if (issue.code === 'unrecognized_keys') {
    const lines = issue.message.split('\n');
    return issue.keys.map((key, index) =>
      source.mistake([...whole, key], `${label(whole)}${lines[index] ?? issue.message}`, 'key'),
    );
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const input = valueAt(value, path);
    const meant = issue.errors.filter((branch) => branch.every((inner) => fits(inner, input)));
    const [branch] = meant;
    if (branch) return branch.flatMap((inner) => place(inner, path, value, source, at));
    const said = input === undefined ? 'is missing; ' : '';
    const kinds = [...new Set(issue.errors.flatMap((errors) => errors.map(kindOf)))].join(' or ');
    const found = input === undefined ? '' : `, found ${quoted(input)}`;
    return [source.mistake(whole, `${label(whole)}${said}expected ${kinds}${found}`)];
  }
  if (issue.code === 'invalid_key') {
    const inner = issue.issues.map((keyIssue) => keyIssue.message).join('; ');
    return [source.mistake(whole, `${label(whole)}${inner}`, 'key')];
  }
  return [source.mistake(whole, `${label(whole)}${issue.message}`)];
}

/** Whether a branch of a union failed inside itself, rather than at the kind of the value. */
function fits(issue: z.core.$ZodIssue, input: unknown): boolean {
  if (issue.path.length > 0) return true;
  if (issue.code === 'invalid_type') return false;
  if (issue.code === 'invalid_value') return issue.values.some((value) => typeof value === typeof input);
  return true;
}

function kindOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_value') return oneOf(issue.values);
  return issue.code === 'invalid_type' ? typeName(issue.expected) : 'a mapping';
}

function valueAt(value: unknown, path: Path): unknown {
  let part = value;
  for (const step of path)
    part =
      typeof part === 'object' && part !== null ? (part as Record<PropertyKey, unknown>)[step] : undefined;
  return part;
}

/** A path as the beginning of a message: `platforms[0].limits: `; empty for the whole file. */
export function label(path: Path): string {
  let text = '';
  for (const step of path)
    text += typeof step === 'number' ? `[${step}]` : `${text === '' ? '' : '.'}${String(step)}`;
  return text === '' ? '' : `${text}: `;
}
