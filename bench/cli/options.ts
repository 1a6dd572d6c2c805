/** Options that several commands share or the project file may set. Each is also an environment variable and, where it makes sense, a project file key. */
import { measureNames } from '../../scenarios/measures/measures.ts';
import { columnNames, isColumnName } from '../../reports/measures/column-names.ts';
import { cacheDirOption } from './global-options.ts';
import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { parseSize, sizeExample } from '../../scenarios/schema/quantities.ts';
import { accelChoices } from '../../scenarios/schema/allowed-words.ts';
import { labSuites } from '../../runners/lab/system.ts';

export const platformOption = new Option(
  '--platform <id>',
  'only this platform; repeatable, or several with commas',
)
  .argParser(collectNames)
  .default([] as string[], 'all of the scenario')
  .env('TARE_PLATFORM');

export const measureOption = new Option(
  '--measure <name>',
  `only this measure (${measureNames.join(', ')}); repeatable, or several with commas`,
)
  .argParser(collectNames)
  .default([] as string[], 'all of the scenario')
  .env('TARE_MEASURE');

export const samplesOption = new Option('--samples <n>', 'samples per platform')
  .argParser((text: string) => wholeNumber(text, 1))
  .env('TARE_SAMPLES');

export const seedOption = new Option('--seed <n>', 'seed of the order of the blocks (default: a new one)')
  .argParser((text: string) => wholeNumber(text, 0))
  .env('TARE_SEED');

export const accelOption = new Option('--accel <name>', 'what drives the processors of VMs')
  .choices(accelChoices)
  .env('TARE_ACCEL');

export const labMemoryOption = new Option('--lab-memory <size>', 'memory of the lab (default: 1536MiB)')
  .argParser(memorySize)
  .env('TARE_LAB_MEMORY');

export const labCpusOption = new Option('--lab-cpus <n>', "CPUs of the lab (default: this machine's)")
  .argParser((text: string) => wholeNumber(text, 1))
  .env('TARE_LAB_CPUS');

export const labAccelOption = new Option('--lab-accel <name>', 'what drives the processors of the lab itself')
  .choices(accelChoices)
  .env('TARE_LAB_ACCEL');

export const labSuiteOption = new Option(
  '--lab-suite <name>',
  'Debian of the lab (default: bookworm, or trixie where Node needs it)',
)
  .choices(labSuites)
  .env('TARE_LAB_SUITE');

export const outOption = new Option(
  '--out <dir>',
  "the run's folder (default: .tare/runs/<time>-<scenario>)",
).env('TARE_OUT');

export const reporterOption = new Option(
  '--reporter <name[=path|-]>',
  'a report to write, to a path or with - to stdout; repeatable',
)
  .argParser(collect)
  .default([] as string[], 'html, markdown, CSV in the folder, a table on stdout')
  .env('TARE_REPORTER');

/** `--reporter` of a command whose reports are not a run's. */
export function reporterOptionOf(reporters: Readonly<Record<string, unknown>>) {
  const names = new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(Object.keys(reporters));
  return new Option('--reporter <name[=path|-]>', `${names}, to a path or with - to stdout; repeatable`)
    .argParser(collect)
    .default([] as string[], 'a table on stdout');
}

/** How wide the table is to be, or which columns it is to have. */
export interface TableColumns {
  width: number | null;
  names: readonly string[] | null;
}

export const widthOption = new Option(
  '--columns <n>',
  "width of the table in characters (default: the terminal's)",
).argParser((text: string): TableColumns => ({ width: wholeNumber(text, 40), names: null }));

export const columnsOption = new Option(
  '--columns <n|names>',
  "width of the table in characters (default: the terminal's), or the columns it is to have: ready,ratio,memory",
).argParser((text: string): TableColumns => {
  if (/^\d/.test(text)) return { width: wholeNumber(text, 40), names: null };
  const names = collectNames(text, []);
  const unknown = names.find((name) => !isColumnName(name));
  if (names.length > 0 && unknown === undefined) return { width: null, names };
  throw new InvalidArgumentError(
    `There is no column ${JSON.stringify(unknown ?? '')}; expected a width, or some of ${columnNames.join(', ')}.`,
  );
});

export const jsonOption = new Option('--json', 'JSON on stdout and nothing else there');

/** The options that a project file may set; one that only has the name of one of them is another. */
export const projectFileOptions: readonly { name(): string }[] = [
  platformOption,
  measureOption,
  samplesOption,
  seedOption,
  accelOption,
  labMemoryOption,
  labCpusOption,
  labAccelOption,
  labSuiteOption,
  outOption,
  reporterOption,
  cacheDirOption,
];

/** Adds a text that is taken as it is. */
export function collect(text: string, previous: string[]): string[] {
  return [...previous, text];
}

/** Adds each of the names that one text gives, separated by commas. */
export function collectNames(text: string, previous: string[]): string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('')) throw new InvalidArgumentError('A name is empty.');
  return [...previous, ...names];
}

function wholeNumber(text: string, least: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least) {
    throw new InvalidArgumentError(`It must be a whole number, at least ${least}.`);
  }
  return value;
}

export function portNumber(text: string): number {
  const port = wholeNumber(text, 1);
  if (port > 65_535) throw new InvalidArgumentError('It must be at most 65535.');
  return port;
}

/** A size, left as it was written. */
export function memorySizeText(text: string): string {
  memorySize(text);
  return text;
}

/** A number, or thousandths of one: `1.5`, `500m`. */
export function cpuCount(text: string): number {
  const cpus = /^\d+m$/.test(text) ? Number(text.slice(0, -1)) / 1000 : Number(text);
  if (!/^(?:\d+(?:\.\d+)?|\d+m)$/.test(text) || !(cpus > 0)) {
    throw new InvalidArgumentError('It must be a number of CPUs such as 1, 0.5 or 500m.');
  }
  return cpus;
}

function memorySize(text: string): number {
  const bytes = parseSize(text);
  if (bytes === null || bytes === 0) throw new InvalidArgumentError(`It must be ${sizeExample}.`);
  return bytes;
}
