/** `tare compare FLEET FLEET`: what changed between two fleets, each host against itself. */
import { fleetComparisonReporters } from '../../../reports/fleet/comparison/index.ts';
import { metricOf } from '../../../scenarios/measures/measures.ts';
import { compareFleets } from '../../analysis/compare-fleets/compare-fleets.ts';
import type { CommandContext } from '../../environment/context.ts';
import { exitCodes, TareError, type ExitCode } from '../../environment/errors.ts';
import { fleetPath, readFleet } from '../../fleet/read-fleet.ts';
import { checkFilter, type ComparisonChoices } from '../comparison-filter.ts';
import {
  checkTargets,
  plainColumns,
  printReport,
  requestedTargets,
  writeTargets,
} from '../output/report-targets.ts';

/**
 * Paths of the fleets' records; null: these names are of runs.
 *
 * @throws TareError (exit 2) where some are of fleets and others are not
 */
export async function fleetsAmong(names: readonly string[], cwd: string): Promise<string[] | null> {
  const paths = await Promise.all(names.map((name) => fleetPath(name, cwd)));
  const fleets = paths.filter((path) => path !== null);
  if (fleets.length === 0) return null;
  const other = names[paths.indexOf(null)];
  if (other !== undefined) {
    const one = names[paths.findIndex((path) => path !== null)] ?? '';
    throw new TareError(
      `${one} is a fleet and ${other} is not: compare two fleets, or runs; \`tare fleet merge --out\` makes a fleet of runs`,
      exitCodes.usage,
    );
  }
  if (fleets.length === 2) return fleets;
  throw new TareError(
    `compare takes two fleets, the reference first; ${names.length === 1 ? 'there is one' : `these are ${names.length}`}`,
    exitCodes.usage,
  );
}

export async function compareFleetsCommand(
  options: ComparisonChoices & { names: readonly string[]; paths: readonly string[] },
  context: CommandContext,
): Promise<ExitCode> {
  const { names, paths, reporter, json, platform, measure } = options;
  const targets = requestedTargets({ reporter, json: json === true }, fleetComparisonReporters, context.cwd);
  await checkTargets(targets);
  const [reference, fleet] = await Promise.all(
    [0, 1].map(async (index) => ({
      name: names[index] ?? '',
      record: await readFleet(paths[index] ?? ''),
    })),
  );
  if (!reference || !fleet) throw new Error('two fleets are compared');
  const figures = [reference, fleet].flatMap(({ record }) => record.figures);
  checkFilter({ platform, measure }, 'fleets', {
    platforms: figures.map((each) => each.platform),
    measures: figures.flatMap(({ metric, lens }) => metricOf(metric, lens)?.measure ?? []),
  });
  const comparison = compareFleets(reference, fleet, {
    platforms: platform,
    measures: measure,
    force: options.force === true,
  });
  await writeTargets(targets, comparison, context);
  printReport(targets, comparison, context, plainColumns);
  return exitCodes.done;
}
