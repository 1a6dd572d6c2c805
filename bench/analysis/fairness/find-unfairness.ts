/**
 * The fairness check: a run looks at its own platforms and says where a comparison between them would be unfair.
 * Level `error` means that figures must not be set against each other; the comparison is then left out everywhere.
 */
import { forbiddingFinding } from '../../record/queries.ts';
import type { ResolvedScenario } from '../../../scenarios/resolved.ts';
import { besides, emulation, heaps, machine, missingWarmUp, ownBootFiles } from './circumstances.ts';
import { differing } from './finding.ts';
import { rules } from './rules.ts';
import type {
  RecordedFinding,
  RecordedHost,
  RecordedLab,
  RecordedOtherRun,
  RecordedPlatform,
  RecordedResult,
} from '../../record/schema.ts';

interface Evidence {
  platforms: readonly RecordedPlatform[];
  host: RecordedHost;
  /** Null outside a lab. */
  lab: RecordedLab | null;
  scenario: ResolvedScenario;
  results: readonly RecordedResult[];
  otherRuns: readonly RecordedOtherRun[];
}

const weight = { error: 0, warn: 1, note: 2 } satisfies Record<RecordedFinding['level'], number>;

/** Errors first, then warnings, then notes. */
export function checkFairness({
  platforms,
  host,
  lab,
  scenario,
  results,
  otherRuns,
}: Evidence): RecordedFinding[] {
  const ran = platforms.filter((platform) => !platform.skipped);
  const isWarm = scenario.measures.startup?.pageCache === 'warm';
  const findings = [
    ...rules.flatMap(({ code, value }) => differing(code, ran, value)),
    ...heaps(ran),
    ...emulation(ran, lab),
    ...ownBootFiles(ran),
    ...(isWarm ? missingWarmUp(ran, results) : []),
    // Nothing that disturbs a clock disturbs the count of instructions.
    ...(lab?.clock === 'virtual' ? [] : [...machine(host, ran), ...besides(otherRuns, ran)]),
  ];
  return findings.sort((a, b) => weight[a.level] - weight[b.level]);
}

/** Whether an error stands between two platforms. */
export function isUnfair(fairness: readonly RecordedFinding[], a: string, b: string): boolean {
  return forbiddingFinding({ fairness }, a, b) !== undefined;
}
