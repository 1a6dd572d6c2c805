/** Options that several commands share. Each is also an environment variable and, where it makes sense, a project file key. */
import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import {
  durationExample,
  parseDuration,
  parsePercent,
  parseSize,
  percentExample,
  sizeExample,
} from '../../scenarios/schema/quantities.ts';
import { accelChoices } from '../../scenarios/schema/words.ts';

export const platformOption = new Option(
  '--platform <id>',
  'only this platform; repeatable, or several with commas',
)
  .argParser(collectList)
  .default([] as string[], 'all of the scenario')
  .env('TARE_PLATFORM');

export const measureOption = new Option(
  '--measure <name>',
  'only this measure; repeatable, or several with commas',
)
  .argParser(collectList)
  .default([] as string[], 'all of the scenario')
  .env('TARE_MEASURE');

export const metricOption = new Option(
  '--metric <name>',
  'only this metric, such as startup.ready; repeatable, or several with commas',
)
  .argParser(collectList)
  .default([] as string[], 'all but phases and other parts');

export const dirOption = new Option(
  '--dir <dir>',
  'a folder that holds runs, records or reference files; repeatable',
)
  .argParser((text: string, previous: string[]) => [...previous, text])
  .default([] as string[], '.tare/runs');

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

export const abOption = new Option(
  '--ab',
  'run two scenarios (instead of RUN…), their blocks in turn, and compare them; the first is the reference',
).conflicts('force');

export const virtualTimeOption = new Option(
  '--virtual-time',
  'let the count of instructions be the clock: figures that repeat, in virtual ms (no VMs)',
);

export const outOption = new Option(
  '--out <dir>',
  "the run's folder (default: .tare/runs/<time>-<scenario>)",
).env('TARE_OUT');

export const reporterOption = new Option(
  '--reporter <name[=path|-]>',
  'a report to write, to a path or with - to stdout; repeatable',
)
  .argParser((text: string, previous: string[]) => [...previous, text])
  .default([] as string[], 'html, markdown, CSV in the folder, a table on stdout')
  .env('TARE_REPORTER');

export const importOutOption = new Option(
  '--out <dir>',
  "the run's folder; it must be new or empty",
).makeOptionMandatory();

export const importNameOption = new Option(
  '--name <name>',
  'what the figures are of; those of one name can be compared',
).default('imported');

export const atOption = new Option(
  '--at <time>',
  'when they were measured, ISO 8601 (default: now, the time of the import)',
).argParser((text: string) => {
  const time = new Date(text);
  if (Number.isNaN(time.getTime()))
    throw new InvalidArgumentError('It must be a time such as 2026-01-15T09:30:00Z.');
  return time.toISOString();
});

export const historyReporterOption = new Option(
  '--reporter <name[=path|-]>',
  'terminal, html, csv or json, to a path or with - to stdout; repeatable',
)
  .argParser((text: string, previous: string[]) => [...previous, text])
  .default([] as string[], 'a table on stdout');

export const jsonOption = new Option('--json', 'JSON on stdout and nothing else there');

export const cacheDirOption = new Option(
  '--cache-dir <dir>',
  'where payloads, images and kernels are kept (default: $XDG_CACHE_HOME/tare)',
).env('TARE_CACHE_DIR');

export const quietOption = new Option('-q, --quiet', 'warnings only, no progress').conflicts('verbose');

export const verboseOption = new Option('-v, --verbose', 'say what happens inside').env('TARE_VERBOSE');

export const budgetOption = new Option(
  '--budget <time>',
  'time for more samples while a gate is inconclusive, such as 10m',
)
  .argParser((text: string) => {
    const durationMs = parseDuration(text);
    if (durationMs === null) throw new InvalidArgumentError(`It must be ${durationExample}.`);
    return durationMs;
  })
  .env('TARE_BUDGET');

export const injectOption = new Option(
  '--inject <share>',
  'the slowdown that the self-test injects (default: 15%)',
).argParser((text: string) => {
  const share = parsePercent(text);
  if (share === null || share === 0) throw new InvalidArgumentError(`It must be ${percentExample}.`);
  return share;
});

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
  outOption,
  reporterOption,
  cacheDirOption,
];

function collectList(text: string, previous: string[]): string[] {
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

function memorySize(text: string): number {
  const bytes = parseSize(text);
  if (bytes === null || bytes === 0) throw new InvalidArgumentError(`It must be ${sizeExample}.`);
  return bytes;
}
