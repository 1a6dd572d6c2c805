/** Names by which others follow a figure from run to run: never two figures under one name, never a new one each run. */
import { pageCacheOf } from '../../bench/record/facts.ts';
import { phaseOf } from '../../bench/record/result.ts';
import type { RecordedResult, RunRecord } from '../../bench/record/schema.ts';

export interface Series {
  scenario: string;
  platform: string;
  /** `startup.ready`; all phases are `startup.phase`, since workloads name phases of their own. */
  metric: string;
  /** What else tells it from other figures of its metric, in a fixed order. */
  conditions: readonly (readonly [key: string, value: string])[];
}

export function seriesOf(record: RunRecord, result: RecordedResult): Series {
  const phase = phaseOf(result.metric);
  const named = result.lens !== undefined && result.metric.endsWith(`.${result.lens}`);
  return {
    scenario: scenarioName(record),
    platform: result.platform,
    metric: phase === null ? result.metric : result.metric.slice(0, -`.${phase}`.length),
    conditions: [
      ...accelOf(record, result.platform),
      ...coldCacheOf(record),
      ...(phase === null ? [] : [['phase', phase] as const]),
      ...(result.lens === undefined || named ? [] : [['lens', result.lens] as const]),
      ...Object.entries(result.condition)
        .map(([key, value]) => [key, String(value)] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    ],
  };
}

/** `tomcat/vm accel=tcg state=rest`: the series without its metric. */
export function subjectOf({ scenario, platform, conditions }: Series): string {
  return [`${scenario}/${platform}`, ...conditions.map(([key, value]) => `${key}=${value}`)].join(' ');
}

export function scenarioName({ run, workload }: RunRecord): string {
  return typeof run.scenario['name'] === 'string' ? run.scenario['name'] : workload.name;
}

/** `accel: auto` may choose otherwise on the next machine, and emulated figures are none of the same series. */
function accelOf(record: RunRecord, id: string): (readonly [string, string])[] {
  const accel = record.platforms.find((platform) => platform.id === id)?.accel ?? 'none';
  return accel === 'none' ? [] : [['accel', accel]];
}

/** The page cache's state is a condition of the whole scenario; warm is the ordinary one. */
function coldCacheOf(record: RunRecord): (readonly [string, string])[] {
  return pageCacheOf(record) === 'cold' ? [['page-cache', 'cold']] : [];
}
