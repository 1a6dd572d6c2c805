/** `tare list`: platforms, scenarios, measures, metrics, runs and reporters, as a table or as JSON. */
import { Argument, type Command } from '@commander-js/extra-typings';
import { basename, join } from 'node:path';
import { listBuiltIn } from '../../../scenarios/loader/load.ts';
import { listMeasures, listMetrics } from '../../../scenarios/measures/measures.ts';
import { reporters } from '../../../reports/index.ts';
import type { CommandContext } from '../../environment/context.ts';
import { knownPlatforms } from '../../doctor/known-platforms.ts';
import { TareError, exitCodes, type ExitCode } from '../../environment/errors.ts';
import { recordFile, runFolders } from '../../store/find-run.ts';
import { readRun } from '../../run/journal/stored-run.ts';
import { recordReporter } from '../output/report-targets.ts';
import { plainTable } from '../../../reports/text-table.ts';
import type { CommandTools } from '../commands.ts';
import { jsonOption } from '../options.ts';

const listSubjects = ['platforms', 'scenarios', 'measures', 'metrics', 'runs', 'reporters'] as const;
type ListSubject = (typeof listSubjects)[number];

export function define(command: Command, { act }: CommandTools): void {
  command
    .addArgument(new Argument('<what>', 'what to list').choices(listSubjects))
    .addOption(jsonOption)
    .action((subject, chosen) => act((context) => listCommand({ ...chosen, subject }, context)));
}

interface ListOptions {
  subject: ListSubject;
  json?: true | undefined;
}

/** What there is of one subject: objects with the same keys, which are the table's head. */
type Rows = Record<string, string>[];

const listings = {
  platforms: () => Promise.resolve(listPlatforms()),
  scenarios: () => Promise.resolve(listScenarios()),
  measures: () => Promise.resolve(measureRows()),
  metrics: () => Promise.resolve(metricRows()),
  runs: listRuns,
  reporters: () => Promise.resolve(listReporters()),
} satisfies Record<ListSubject, (context: CommandContext) => Promise<Rows>>;

async function listCommand({ subject, json }: ListOptions, context: CommandContext): Promise<ExitCode> {
  const rows = await listings[subject](context);
  if (json) {
    context.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
  } else if (rows[0]) {
    context.stdout.write(
      plainTable(
        Object.keys(rows[0]),
        rows.map((row) => Object.values(row)),
      ),
    );
  } else {
    context.log.warn(`there are no ${subject} yet`);
  }
  return exitCodes.done;
}

function listPlatforms(): Rows {
  return knownPlatforms().map(({ id, platform, description }) => ({
    platform: id,
    runner: platform.runner,
    description,
  }));
}

function listScenarios(): Rows {
  return listBuiltIn().map(({ name, description }) => ({ scenario: name, description }));
}

function measureRows(): Rows {
  return listMeasures().map(({ name, description }) => ({ measure: name, description }));
}

function metricRows(): Rows {
  return listMetrics().map(({ name, measure, metric: { unit, better, definition } }) => ({
    metric: name,
    measure,
    unit,
    better,
    definition,
  }));
}

function listReporters(): Rows {
  return Object.entries({ ...reporters, json: recordReporter }).map(([name, { file, description }]) => ({
    reporter: name,
    file: file ?? '-',
    description,
  }));
}

/** A run without a readable record is listed as well: it is the one that wants resuming. */
async function listRuns({ cwd }: CommandContext): Promise<Rows> {
  const rows: Rows = [];
  for (const folder of await runFolders(cwd)) {
    const run = basename(folder);
    try {
      const record = await readRun({ folder, record: join(folder, recordFile) });
      const platforms = record.platforms.map((platform) => platform.id).join(' ');
      rows.push({ run, scenario: String(record.run.scenario['name']), status: record.run.status, platforms });
    } catch (error) {
      if (!(error instanceof TareError)) throw error;
      rows.push({ run, scenario: '', status: 'no record', platforms: '' });
    }
  }
  return rows;
}
