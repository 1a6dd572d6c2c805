/** Fills the placeholders of a command and its environment from a platform's limits. */
import type { ResolvedLaunch, ResolvedLimits } from '../resolved.ts';
import { didYouMean } from './suggest.ts';
import type { Path } from './source.ts';

const known = ['${memory:50%}', '${cpus}', '${port}'];

export interface PlaceholderMistake {
  /** Below the workload: `['command', 2]` or `['environment', 'LANG']`. */
  path: Path;
  message: string;
}

/** What is wrong with the placeholders of a launch. They do not depend on the limits, so one look is enough. */
export function placeholderMistakes(launch: ResolvedLaunch): PlaceholderMistake[] {
  const texts: [Path, string][] = [
    ...launch.command.map((text, index): [Path, string] => [['command', index], text]),
    ...Object.entries(launch.environment).map(([name, text]): [Path, string] => [
      ['environment', name],
      text,
    ]),
  ];
  return texts.flatMap(([path, text]) =>
    [...text.matchAll(/\$\{([^}]*)(\}?)/g)].flatMap(([written, inside, end]) => {
      if (end === '') return [{ path, message: `placeholder "${written}" has no closing brace` }];
      if (valueOf(inside ?? '', { cpus: 1, memoryBytes: 2 ** 30 }, 1) !== null) return [];
      return [{ path, message: `unknown placeholder "${written}"${didYouMean(written, known)}` }];
    }),
  );
}

/** @throws Error on an unknown placeholder; placeholderMistakes finds those beforehand */
export function fillLaunch(launch: ResolvedLaunch, limits: ResolvedLimits, port: number): ResolvedLaunch {
  const fill = (text: string): string =>
    text.replaceAll(/\$\{([^}]*)\}/g, (written, inside: string) => {
      const value = valueOf(inside, limits, port);
      if (value === null) throw new Error(`unknown placeholder ${written}`);
      return String(value);
    });
  return {
    command: launch.command.map(fill),
    environment: Object.fromEntries(
      Object.entries(launch.environment).map(([name, text]) => [name, fill(text)]),
    ),
  };
}

function valueOf(inside: string, limits: ResolvedLimits, port: number): number | null {
  if (inside === 'port') return port;
  if (inside === 'cpus') return Math.ceil(limits.cpus);
  const percent = Number(/^memory:([0-9]{1,3})%$/.exec(inside)?.[1] ?? Number.NaN);
  if (!(percent >= 1 && percent <= 100)) return null;
  return Math.floor((limits.memoryBytes * percent) / 100 / 2 ** 20);
}
