/** The runs that the command line asks for: every scenario is read before the first one runs. */
import { randomInt } from 'node:crypto';
import { join, resolve } from 'node:path';
import { loadScenarios } from '../../../scenarios/loader/load.ts';
import { applyOverrides } from '../../../scenarios/loader/overrides.ts';
import type { ResolvedScenario } from '../../../scenarios/resolved.ts';
import type { AccelChoice } from '../../../scenarios/schema/allowed-words.ts';
import type { CommandContext } from '../../environment/context.ts';
import { runsFolder } from '../../environment/paths.ts';
import type { Job } from './jobs.ts';

interface AskedRuns {
  /** Files or built-in names. */
  scenarios: readonly string[];
  platform: readonly string[];
  measure: readonly string[];
  accel?: AccelChoice | undefined;
  out?: string | undefined;
  samples: number | null;
  seed: number;
  /** What the usual folder's name ends with. */
  suffix: string;
  /** Scenarios that no file has, by the argument that stands for each. */
  written?: ReadonlyMap<string, ResolvedScenario>;
}

/** @returns the scenarios with the command line's choices */
export function loadJobs(options: AskedRuns, context: CommandContext): Job[] {
  const all = options.scenarios.flatMap((name) => {
    const written = options.written?.get(name);
    return written ? [written] : loadScenarios(name, { cwd: context.cwd });
  });
  const several = all.length > 1;
  const startedAt = new Date();
  return all.map((asked) => {
    const scenario = applyOverrides(asked, {
      platforms: [...options.platform],
      measures: [...options.measure],
      samples: options.samples,
      accel: options.accel ?? null,
    });
    const out = options.out === undefined ? null : resolve(context.cwd, options.out);
    const usual = join(runsFolder(context.cwd), `${timeStamp(startedAt)}-${scenario.name}${options.suffix}`);
    const folder = out === null ? usual : several ? join(out, scenario.name) : out;
    return { scenario, seed: options.seed, folder, origin: out === null ? 'usual' : 'chosen' };
  });
}

/** A seed that fits every generator: 31 bits. */
export function newSeed(): number {
  return randomInt(2 ** 31);
}

/** `20260131-235959`, local time: runs sort by it and a person recognises it. */
export function timeStamp(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}${two(date.getMonth() + 1)}${two(date.getDate())}`;
  return `${day}-${two(date.getHours())}${two(date.getMinutes())}${two(date.getSeconds())}`;
}
