/** One record as far as a fleet looks at it: its samples as plain numbers, and what decides where it belongs. */
import type { FleetFact, FleetGateRule } from '../../record/fleet.ts';
import { property } from '../../record/facts.ts';
import { baselineOf, forbiddingFinding, includedValues } from '../../record/queries.ts';
import { isExact, isPart } from '../../record/result.ts';
import type { RecordedFailure, RunRecord } from '../../record/schema.ts';
import { figureKeyOf, type FigureKey } from './host-values.ts';
import { circumstances, classFacts } from './facts.ts';

/** Where a record was found. */
export interface FoundRecord {
  /** From the folder that was named. */
  file: string;
  /** Of its bytes: the same record twice has the same. */
  digest: string;
  /** What its host is called where the record does not say. */
  folder: string;
}

export interface HostRun extends FoundRecord {
  id: string;
  startedAt: string;
  tareVersion: string;
  seed: number;
  status: RunRecord['run']['status'];
  hostName: string;
  hostNameFrom: 'record' | 'folder';
  classFacts: FleetFact[];
  circumstances: FleetFact[];
  scenario: string;
  baseline: string | null;
  /** What its figures depend on; records that differ in any of it are of no one fleet. */
  identity: Identity;
  platforms: Pick<RunRecord['platforms'][number], 'id' | 'kind' | 'accel' | 'skipped'>[];
  /** Platforms whose ratio to the baseline would be unfair. */
  unfair: string[];
  results: HostResult[];
  failures: Pick<RecordedFailure, 'platform' | 'measure' | 'code'>[];
  gateRules: FleetGateRule[];
}

export interface Identity {
  workload: string;
  payloadDigest: string;
  scenario: string;
  /** Each setting of the scenario as text, by its place. A run may lack a platform or a measure, and differ in no other. */
  settings: ReadonlyMap<string, string>;
}

export interface HostResult extends FigureKey {
  /** What tells the figure from all others of its platform. */
  key: string;
  values: Float64Array;
}

export function hostRun(record: RunRecord, found: FoundRecord): HostRun {
  const { run, host } = record;
  const baseline = baselineOf(record);
  const name = property(run.scenario, 'name');
  const scenario = typeof name === 'string' ? name : record.workload.name;
  return {
    ...found,
    id: run.id,
    startedAt: run.startedAt,
    tareVersion: run.tareVersion,
    seed: run.seed,
    status: run.status,
    hostName: host.name ?? found.folder,
    hostNameFrom: host.name === undefined ? 'folder' : 'record',
    classFacts: classFacts(record),
    circumstances: circumstances(record),
    scenario,
    baseline,
    identity: {
      workload: record.workload.name,
      payloadDigest: record.workload.payloadDigest,
      scenario,
      settings: settingsOf(run.scenario),
    },
    platforms: record.platforms.map(({ id, kind, accel, skipped }) => ({ id, kind, accel, skipped })),
    unfair:
      baseline === null
        ? []
        : record.platforms.flatMap(({ id }) => (forbiddingFinding(record, id, baseline) ? [id] : [])),
    results: record.results.flatMap(resultOf),
    failures: record.failures.map(({ platform, measure, code }) => ({ platform, measure, code })),
    gateRules: gateRulesOf(run.scenario),
  };
}

/** Parts explain other figures and are no findings beside them. */
function resultOf(result: RunRecord['results'][number]): HostResult[] {
  const values = isPart(result) ? [] : includedValues(result);
  if (values.length === 0) return [];
  const condition = Object.fromEntries(Object.entries(result.condition).sort(([a], [b]) => (a < b ? -1 : 1)));
  return [
    {
      ...figureKeyOf({ ...result, isExact: isExact(result) ? true : undefined, condition }),
      key: JSON.stringify([result.metric, result.lens ?? '', condition, result.unit]),
      values: Float64Array.from(values),
    },
  ];
}

/** Where things lie differs between hosts; how many samples were asked for, and what is judged, changes no sample. */
const ofNoMatter = new Set(['file', 'description', 'samples', 'gates', 'name', 'required']);

/** `workload.port` and the like; of a list whose entries have an id, `platforms.runc.limits.cpus`. */
function settingsOf(scenario: unknown): Map<string, string> {
  const settings = new Map<string, string>();
  const visit = (value: unknown, place: string): void => {
    if (typeof value !== 'object' || value === null) {
      settings.set(place, JSON.stringify(value));
      return;
    }
    for (const [key, entry] of Object.entries(value)) {
      const id = Array.isArray(value) ? property(entry, 'id') : undefined;
      const step = typeof id === 'string' ? id : key;
      if (!ofNoMatter.has(step)) visit(entry, place === '' ? step : `${place}.${step}`);
    }
  };
  visit(scenario, '');
  return settings;
}

function gateRulesOf(scenario: unknown): FleetGateRule[] {
  const gates = property(scenario, 'gates');
  return Array.isArray(gates) ? (gates as FleetGateRule[]) : [];
}
