/** Runs against a reference run: every figure they share, with its evidence and a verdict. A function of the records. */
import { exitCodes, TareError } from '../../environment/errors.ts';
import {
  comparisonVersion,
  type ComparedFigure,
  type ComparedRun,
  type MissingFigure,
  type RunComparison,
  type RunDifference,
} from '../../record/comparison.ts';
import type { RunRecord } from '../../record/schema.ts';
import { differencesBetween } from './differences.ts';
import { alpha, judgeFamily } from './judge.ts';
import { measureFigure, type MeasuredFigure } from './measure-figure.ts';
import { pairResults, type ComparisonFilter } from './pair-results.ts';
import { refuseObstacles } from './refuse.ts';

export interface CompareOptions extends ComparisonFilter {
  /** Compare across obstacles. */
  force: boolean;
}

/**
 * Platforms behind an obstacle of their own are left out unless forced.
 *
 * @throws TareError (exit 2) where an obstacle lies between the runs or nothing is left to compare
 */
export function compareRuns(
  reference: RunRecord,
  runs: readonly RunRecord[],
  options: CompareOptions,
): RunComparison {
  const measured = runs.map((run) => measurePair(reference, run, options));
  // One family over all runs: who compares more has more chances of a false alarm.
  const all = measured.flatMap((pair) => pair.figures);
  const verdicts = new Map<MeasuredFigure, ComparedFigure>();
  for (const part of [false, true]) {
    const family = all.filter((figure) => figure.part === part);
    judgeFamily(family).forEach((judged, index) => verdicts.set(family[index] as MeasuredFigure, judged));
  }
  const pairs = measured.map((pair) => ({
    ...pair,
    figures: pair.figures.flatMap((figure) => verdicts.get(figure) ?? []),
  }));
  const tests = (part: boolean): number =>
    all.filter((figure) => figure.part === part && figure.test !== null).length;
  const obstructed = pairs.some(({ differences }) => differences.some(isObstacle));
  return {
    comparisonVersion,
    forced: options.force && obstructed,
    alpha,
    families: { figures: tests(false), parts: tests(true) },
    reference: describe(reference),
    pairs,
  };
}

type MeasuredPair = Omit<RunComparison['pairs'][number], 'figures'> & { figures: MeasuredFigure[] };

function measurePair(reference: RunRecord, run: RunRecord, options: CompareOptions): MeasuredPair {
  if (run.run.id === reference.run.id && run.run.startedAt === reference.run.startedAt) {
    throw new TareError(
      `${run.run.id} is the reference itself: name two different runs; \`tare list runs\` shows them`,
      exitCodes.usage,
    );
  }
  const wanted = (platform: string | null): boolean =>
    platform === null || options.platforms.length === 0 || options.platforms.includes(platform);
  const alternated = isAlternated(reference, run);
  const differences = differencesBetween(reference, run)
    .filter(({ platform }) => wanted(platform))
    .map((difference): RunDifference => (alternated ? { ...difference, level: 'note' } : difference));
  const { shared, missing } = pairResults(reference, run, options);
  const blocked = new Set(differences.filter(isObstacle).map(({ platform }) => platform));
  const left = options.force ? shared : shared.filter((each) => !blocked.has(each.run.platform));
  if (!options.force) refuseObstacles(describe(reference), describe(run), differences, left.length);
  if (left.length === 0) throw nothingInCommon(reference, run, missing);
  return {
    run: describe(run),
    alternated,
    differences,
    missing,
    figures: left.map((each) => measureFigure(each.reference, each.run)),
  };
}

/** Variants of one A/B: they shared the machine and the time, and their makers chose what else to change. */
function isAlternated(reference: RunRecord, run: RunRecord): boolean {
  const { variant } = reference.run;
  return variant !== undefined && variant.ab === run.run.variant?.ab && variant.name !== run.run.variant.name;
}

function nothingInCommon(reference: RunRecord, run: RunRecord, missing: readonly MissingFigure[]): TareError {
  const lines = missing.slice(0, 5).map(({ platform, metric, reason, missingIn }) => {
    const where = missingIn === 'run' ? run.run.id : reference.run.id;
    return `\n  ${platform}${metric === null ? '' : `: ${metric}`}: missing in ${where}: ${reason}`;
  });
  return new TareError(
    `${run.run.id} and ${reference.run.id} have no figure in common${lines.join('')}`,
    exitCodes.usage,
  );
}

function isObstacle({ level }: RunDifference): boolean {
  return level === 'obstacle';
}

function describe({ run, workload }: RunRecord): ComparedRun {
  const { name } = run.scenario;
  return {
    id: run.id,
    scenario: typeof name === 'string' ? name : workload.name,
    startedAt: run.startedAt,
    tareVersion: run.tareVersion,
    status: run.status,
  };
}
