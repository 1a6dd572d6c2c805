/** What a runner's file in this folder says: what a scenario may write for it, and what comes of that. */
import type { z } from 'zod';
import type { ResolvedLimits } from '../resolved.ts';
import type { AccelChoice } from '../schema/allowed-words.ts';

/** A platform that a scenario may name by one word. */
export interface ShortPlatform<Written> {
  /** For `tare list platforms`. */
  description: string;
  /** What differs from the defaults. */
  options: Partial<Written>;
}

/** @template Options what the runner gets: complete, plain JSON */
export interface PlatformSpec<Fields extends z.ZodRawShape, Options> {
  /** What its platforms are, in a sentence for the schema. */
  description: string;
  /** Its own keys, beside those that every platform has. */
  fields: Fields;
  /** In the order of the help. */
  short: Readonly<Record<string, ShortPlatform<z.input<z.ZodObject<Fields>>>>>;
  /** @param folder of the scenario file: paths are relative to it */
  resolve(written: z.output<z.ZodObject<Fields>>, folder: string): Options;
  /** Options that do not go together. */
  refine?(written: z.output<z.ZodObject<Fields>>, context: z.RefinementCtx): void;
  /** Why no instance could start within these limits; null: nothing is known against them. */
  limitProblem?(options: Options, limits: ResolvedLimits): string | null;
  /** Files of the user's that are not there, by the key that names them. */
  missingFiles?(options: Options): { key: string; path: string }[];
  /** The options with what `--accel` asks for. */
  withAccel?(options: Options, accel: AccelChoice): Options;
}

/** Gives a file's parts their types. */
export function definePlatform<Fields extends z.ZodRawShape, Options extends object>(
  spec: PlatformSpec<Fields, Options>,
): PlatformSpec<Fields, Options> {
  return spec;
}

/** Of a runner without options. */
export const noOptions = (): Record<string, never> => ({});
