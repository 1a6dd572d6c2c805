/** The record of an import: the figures as they were given, and for everything else that nobody knows it. */
import { judgeGates } from '../analysis/gates/judge.ts';
import { tareVersion } from '../environment/package.ts';
import {
  schemaVersion,
  type RecordedHost,
  type RecordedPlatform,
  type RecordedResult,
  type RunRecord,
} from '../record/schema.ts';
import type { ResolvedGate } from '../../scenarios/resolved.ts';

/** Of the intervals that are found by chance. */
const seed = 1;

export interface Import {
  /** Name of the folder. */
  id: string;
  /** Of the scenario and its workload: figures of one name can be compared. */
  name: string;
  /** Name of the file. */
  file: string;
  /** When the figures were measured, ISO 8601; the time of the import where nobody said it. */
  startedAt: string;
  importedAt: string;
  results: RecordedResult[];
  gates: ResolvedGate[];
}

export function importedRecord(given: Import): RunRecord {
  const { id, name, file, startedAt, importedAt, results, gates } = given;
  const platforms = [...new Set(results.map(({ platform }) => platform))].map(platformOf);
  return {
    schemaVersion,
    run: {
      id,
      startedAt,
      finishedAt: startedAt,
      tareVersion,
      seed,
      imported: { file, at: importedAt },
      status: 'complete',
      harness: {
        peakRssBytes: 0,
        proberCpuPercent: null,
        tracer: 'not recorded',
        cpus: 'not recorded',
      },
      scenario: { name, gates },
    },
    host: unknownHost,
    workload: { name, description: '', payloadDigest: '', files: 0, bytes: 0, packages: [] },
    platforms,
    results,
    comparisons: [],
    density: [],
    gates: judgeGates(gates, { results, platforms, fairness: [], seed, reference: null }),
    fairness: [],
    failures: [],
  };
}

function platformOf(id: string): RecordedPlatform {
  return {
    id,
    runner: 'unknown',
    kind: 'unknown',
    accel: 'unknown',
    guest: null,
    version: 'unknown',
    network: 'unknown',
    limits: null,
    options: {},
    payloadDigest: '',
    details: {},
    inside: null,
    skipped: null,
  };
}

const unknownHost: RecordedHost = {
  cpuModel: 'unknown',
  cpus: null,
  memoryBytes: null,
  kernel: 'unknown',
  os: 'unknown',
  virtualization: 'unknown',
  cgroupVersion: 'unknown',
  swapBytes: null,
  kvm: { present: null, usable: null, backend: null, reason: 'unknown' },
  ksm: 'unknown',
  thp: 'unknown',
  governor: 'unknown',
  clocksource: 'unknown',
  noise: { loadAverage1: null, cpuPressureAvg10: null, stealPercent: null },
};
