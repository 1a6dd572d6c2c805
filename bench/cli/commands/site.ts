/** `tare site`: a folder of pages over all runs, for a web server or for file://. */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { Command } from '@commander-js/extra-typings';
import { comparisonHtml } from '../../../reports/comparison/html.ts';
import { historyHtml } from '../../../reports/history/html.ts';
import { html } from '../../../reports/html/index.ts';
import { scenarioOf, siteIndex, type SiteRun } from '../../../reports/html/site.ts';
import { compareRuns } from '../../analysis/compare-runs/compare-runs.ts';
import { buildHistory } from '../../analysis/history/build-history.ts';
import type { CommandContext } from '../../environment/context.ts';
import { exitCodes, TareError, type ExitCode } from '../../environment/errors.ts';
import { tareVersion } from '../../environment/package.ts';
import { writeWhole } from '../../environment/write-whole.ts';
import { counted } from '../../record/figures.ts';
import { isPart } from '../../record/result.ts';
import type { RunRecord } from '../../record/schema.ts';
import { readRun } from '../../run/journal/stored-run.ts';
import { findRun } from '../../store/find-run.ts';
import { readStored } from '../../store/stored-run.ts';
import type { CommandTools } from '../commands.ts';
import { dirOption, readEach, storedPaths } from '../runs/stored-runs.ts';

export function define(command: Command, { act }: CommandTools): void {
  command
    .requiredOption('--out <dir>', 'where the pages go: a new or empty folder, or an earlier site')
    .addOption(dirOption)
    .option('--against <run>', 'compare each run of its scenario with this one (default: the run before)')
    .option('--title <text>', 'heading of the first page', 'Runs')
    .action((chosen) => act((context) => siteCommand(chosen, context)));
}

export interface SiteOptions {
  out: string;
  dir: readonly string[];
  against?: string | undefined;
  title: string;
}

const render = { columns: 100, colour: false };
const mark = '.tare-site';

/** Each pair costs a page, and older runs have their reports and the trends. */
const comparedRuns = 20;

export async function siteCommand(options: SiteOptions, context: CommandContext): Promise<ExitCode> {
  const out = resolve(context.cwd, options.out);
  const paths = await storedPaths(options.dir, context.cwd);
  const { stored, unreadable } = await readEach(
    paths,
    (path) => readRun({ folder: dirname(path), record: path }),
    context,
  );
  for (const { message } of unreadable) context.log.warn(message);
  const reference =
    options.against === undefined ? null : await readRun(await findRun(options.against, context.cwd));
  await openSite(out);
  const newestFirst = [...stored].sort((a, b) => b.run.startedAt.localeCompare(a.run.startedAt));
  const keyed = withKeys(newestFirst);
  const comparisons: Record<string, string> = {};
  for (const [reference, run] of pairsOf(keyed)) {
    context.signal.throwIfAborted();
    const path = await writeComparison(out, reference, run);
    if (path !== null) comparisons[`${reference.key} ${run.key}`] = path;
  }
  const runs: SiteRun[] = [];
  for (const { key, record } of keyed) {
    context.log.progress(`writing ${record.run.id}`);
    const folder = join('runs', key);
    await mkdir(join(out, folder), { recursive: true });
    await writeWhole(
      join(out, folder, 'report.html'),
      html.render(record, { ...render, home: '../../index.html' }),
    );
    await writeWhole(join(out, folder, 'run.json'), `${JSON.stringify(record)}\n`);
    const other = reference
      ? await againstReference(out, { key: 'reference', record: reference }, { key, record })
      : beforeOf(key, record, keyed, comparisons);
    runs.push({
      key,
      record,
      report: `${folder}/report.html`,
      json: `${folder}/run.json`,
      comparison: other,
    });
  }
  const history = await writeHistory(out, paths, context);
  await writeWhole(
    join(out, 'index.html'),
    siteIndex({ title: options.title, runs, history, comparisons, tareVersion }),
  );
  context.log.progress('');
  context.stdout.write(`${join(out, 'index.html')}\n`);
  context.stderr.write(
    `${counted(runs.length, 'run')}, ${counted(Object.keys(comparisons).length, 'comparison')}; look at it with a browser, or publish the folder ${relative(context.cwd, out) || '.'}\n`,
  );
  return exitCodes.done;
}

/** @throws TareError (exit 2) for a folder with something in it that is no site */
async function openSite(out: string): Promise<void> {
  await mkdir(out, { recursive: true });
  const there = await readdir(out);
  if (there.length > 0 && !there.includes(mark)) {
    throw new TareError(`--out ${out}: it holds other files; name a new or empty folder`, exitCodes.usage);
  }
  // Pages of runs that are gone would still be found.
  for (const folder of ['runs', 'comparisons']) await rm(join(out, folder), { recursive: true, force: true });
  await mkdir(join(out, 'comparisons'));
  await writeFile(join(out, mark), '');
  // GitHub Pages would leave out what begins with a dot or an underscore.
  await writeFile(join(out, '.nojekyll'), '');
}

interface KeyedRun {
  /** Name of its folder: the run's id, with a number where two runs share one. */
  key: string;
  record: RunRecord;
}

function withKeys(records: readonly RunRecord[]): KeyedRun[] {
  const used = new Map<string, number>();
  return records.map((record) => {
    const id = basename(record.run.id).replace(/[^\w.-]+/g, '-') || 'run';
    const count = (used.get(id) ?? 0) + 1;
    used.set(id, count);
    return { key: count === 1 ? id : `${id}-${count}`, record };
  });
}

/** Every two of the newest runs of a scenario, the older one first. */
function pairsOf(newestFirst: readonly KeyedRun[]): [reference: KeyedRun, run: KeyedRun][] {
  const scenarios = [...new Set(newestFirst.map(({ record }) => scenarioOf(record)))];
  return scenarios.flatMap((name) => {
    const runs = newestFirst.filter(({ record }) => scenarioOf(record) === name).slice(0, comparedRuns);
    return runs.flatMap((run, at) =>
      runs.slice(at + 1).map((reference): [KeyedRun, KeyedRun] => [reference, run]),
    );
  });
}

/** @returns its path from the first page; null where the runs may not be compared */
async function writeComparison(out: string, reference: KeyedRun, run: KeyedRun): Promise<string | null> {
  try {
    const comparison = compareRuns(reference.record, [run.record], {
      platforms: [],
      measures: [],
      force: false,
    });
    const path = `comparisons/${reference.key}--${run.key}.html`;
    await writeWhole(
      join(out, path),
      comparisonHtml.render(comparison, { ...render, home: '../index.html' }),
    );
    return path;
  } catch (error) {
    if (error instanceof TareError) return null;
    throw error;
  }
}

async function againstReference(
  out: string,
  reference: KeyedRun,
  run: KeyedRun,
): Promise<SiteRun['comparison']> {
  if (scenarioOf(reference.record) !== scenarioOf(run.record)) return null;
  const page = await writeComparison(out, reference, run);
  return page === null ? null : { page, with: `the reference ${reference.record.run.id}` };
}

function beforeOf(
  key: string,
  record: RunRecord,
  newestFirst: readonly KeyedRun[],
  comparisons: Readonly<Record<string, string>>,
): SiteRun['comparison'] {
  const at = newestFirst.findIndex((each) => each.key === key);
  const before = newestFirst.slice(at + 1).find((each) => scenarioOf(each.record) === scenarioOf(record));
  const page = before && comparisons[`${before.key} ${key}`];
  return page === undefined ? null : { page, with: 'the run before' };
}

/** Null where no run has figures that make a trend. */
async function writeHistory(
  out: string,
  paths: readonly string[],
  context: CommandContext,
): Promise<string | null> {
  const { stored, unreadable } = await readEach(paths, readStored, context).catch((error: unknown) => {
    if (error instanceof TareError) return { stored: [], unreadable: [] };
    throw error;
  });
  if (stored.length === 0) return null;
  const history = buildHistory(stored, unreadable, (figure) => !isPart(figure));
  await writeWhole(join(out, 'history.html'), historyHtml.render(history, { ...render, home: 'index.html' }));
  return 'history.html';
}
