/** `tare claims`: runs what a suite lacks, and judges fifteen sentences by what was measured. */
import { join, resolve } from 'node:path';
import { Argument, Option, type Command } from '@commander-js/extra-typings';
import { claimsReporters } from '../../../reports/claims/index.ts';
import { sayIn, signs } from '../../../reports/claims/wording.ts';
import { reportClaims } from '../../analysis/claims/report-claims.ts';
import { gatherRecords, isSuiteFolder } from '../../claims/gather.ts';
import { runSuiteSteps } from '../../claims/run-suite.ts';
import { suites, type SuiteName } from '../../claims/suites.ts';
import { openCache } from '../../environment/cache-folder.ts';
import type { CommandContext } from '../../environment/context.ts';
import { exitCodes, TareError, type ExitCode } from '../../environment/errors.ts';
import { tareVersion } from '../../environment/package.ts';
import { claimsFolder } from '../../environment/paths.ts';
import { refuseForeignLinks } from '../../environment/private-folder.ts';
import type { ClaimsReport, ReportedClaim } from '../../record/claims/schema.ts';
import { languages, type Language } from '../../record/claims/words/words.ts';
import type { RunScenario } from '../../run/run.ts';
import type { CommandTools } from '../commands.ts';
import { jsonOption, reporterOptionOf, seedOption } from '../options.ts';
import {
  checkTargets,
  folderTargets,
  printReport,
  reportTargets,
  requestedTargets,
  writeTargets,
  type ReportTargets,
} from '../output/report-targets.ts';
import { exitCodeOf, heaviest } from '../output/verdict.ts';
import { suite as runSuite } from '../runs/jobs.ts';
import { newSeed } from '../runs/load-jobs.ts';

export function define(command: Command, { act }: CommandTools): void {
  command
    .addArgument(
      new Argument('[suite|run...]', `a suite (${Object.keys(suites).join(', ')}), runs, or folders of runs`)
        .argOptional()
        .default([] as string[], 'the suite full'),
    )
    .addOption(new Option('--quick', 'the suite quick: about 15 minutes on two CPUs without KVM'))
    .addOption(
      new Option(
        '--out <dir>',
        'folder of the report and of the suite’s runs (default: .tare/claims/<suite>)',
      ).env('TARE_OUT'),
    )
    .addOption(
      new Option('--lang <name>', 'language of the report').choices(languages).default('en' as const),
    )
    .addOption(seedOption)
    .addOption(reporterOptionOf(claimsReporters))
    .addOption(jsonOption)
    .action((names, chosen) => act((context) => claimsCommand({ ...chosen, names }, context)));
}

export interface ClaimsOptions {
  /** A suite, or runs and folders of runs. */
  names: readonly string[];
  quick?: true | undefined;
  out?: string | undefined;
  lang: Language;
  seed?: number | undefined;
  reporter: readonly string[];
  json?: true | undefined;
}

export async function claimsCommand(
  options: ClaimsOptions,
  context: CommandContext,
  runScenario: RunScenario = runSuite,
): Promise<ExitCode> {
  const suite = suiteOf(options);
  const { cwd } = context;
  const out = options.out === undefined ? null : resolve(cwd, options.out);
  if (suite === null) return await judgeRuns(options, out, context);
  const folder = out ?? join(claimsFolder(cwd), suite);
  await refuseForeignLinks(folder);
  const targets = targetsOf(options, folder, cwd);
  await openCache(context.folders.cache);
  // Makes the folder.
  await checkTargets(targets);
  context.log.progress(`claims: runs go to ${folder}; those that are there are not run again`);
  const said = new Map<number, string>();
  const codes = await runSuiteSteps(
    {
      steps: suites[suite],
      folder,
      seed: options.seed ?? newSeed(),
      runScenario,
      codeOf: (record) => exitCodeOf(record, { failOnInconclusive: false }),
      async onRecord(record, runFolder) {
        await writeTargets(
          reportTargets({ folder: runFolder, reporter: [], json: false }, cwd),
          record,
          context,
        );
        const report = await judged([folder], folder, options.lang, cwd);
        await writeTargets(targets, report, context);
        sayNewVerdicts(report, said, context);
      },
    },
    context,
  );
  const report = await judged([folder], folder, options.lang, cwd);
  await writeTargets(targets, report, context);
  printReport(targets, report, context);
  return heaviest(codes);
}

/** @throws TareError (exit 2) where a suite stands beside other names */
function suiteOf({ names, quick }: ClaimsOptions): SuiteName | null {
  const isSuite = (name: string): name is SuiteName => Object.hasOwn(suites, name);
  const [first, ...others] = names;
  if (first === undefined) return quick ? 'quick' : 'full';
  const named = names.find(isSuite);
  if (named === undefined && !quick) return null;
  if (named !== undefined && others.length === 0 && (!quick || named === 'quick')) return named;
  throw new TareError(
    quick
      ? `--quick is a suite of its own; remove it, or ${names.join(' ')}`
      : `${named ?? ''} is a suite, and stands alone: either a suite is run, or runs are judged`,
    exitCodes.usage,
  );
}

/** Runs that are there. A single folder of runs gets its report again. */
async function judgeRuns(
  options: ClaimsOptions,
  out: string | null,
  context: CommandContext,
): Promise<ExitCode> {
  const { names, lang } = options;
  const [only = ''] = names;
  const path = resolve(context.cwd, only);
  const own = names.length === 1 && (await isSuiteFolder(path)) ? path : null;
  const home = out ?? own;
  const targets =
    home === null
      ? requestedTargets(
          { reporter: options.reporter, json: options.json === true },
          claimsReporters,
          context.cwd,
        )
      : targetsOf(options, home, context.cwd);
  // Makes the report's folder, that links to the runs start from.
  await checkTargets(targets);
  const report = await judged(names, home, lang, context.cwd);
  await writeTargets(targets, report, context);
  printReport(targets, report, context);
  return exitCodes.done;
}

async function judged(
  names: readonly string[],
  home: string | null,
  lang: Language,
  cwd: string,
): Promise<ClaimsReport> {
  return reportClaims(await gatherRecords(names, home, cwd), lang, tareVersion);
}

function targetsOf(options: ClaimsOptions, folder: string, cwd: string): ReportTargets<ClaimsReport> {
  const { reporter, json } = options;
  return folderTargets({ folder, reporter, json: json === true }, claimsReporters, cwd);
}

/** Cards as they are turned, while the suite goes on. */
function sayNewVerdicts(
  report: ClaimsReport,
  said: Map<number, string>,
  { log, stderr }: CommandContext,
): void {
  const words = sayIn(report);
  const line = ({ id, verdict, claim, figure }: ReportedClaim): string =>
    `${signs[verdict]} ${id}. ${claim} ${words(`verdict.${verdict}`)}${figure === null ? '' : ` (${figure})`}`;
  log.progress('');
  for (const claim of report.claims) {
    const text = line(claim);
    if (claim.verdict === 'not measured' || said.get(claim.id) === text) continue;
    said.set(claim.id, text);
    stderr.write(`${text}\n`);
  }
}
