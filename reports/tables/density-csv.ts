import type { DensityPoint, RecordedDensity } from '../../bench/record/density.ts';
import { conditionCell, csv, type CsvCell } from './csv.ts';
import type { Reporter } from '../reporter.ts';

const lenses = ['pss', 'uss', 'rss', 'workingset', 'cgroup', 'host', 'guest'];

const columns = [
  ...['platform', 'row', 'n', 'atMs', 'starts', 'good', 'limit', 'detail', 'conditions'],
  ...lenses.map((lens) => `memory.${lens}`),
  ...['pressureSource', 'memorySomeAvg10', 'memoryFullAvg10', 'cpuSomeAvg10', 'cpuPercent'],
  ...['loadMs', 'offered', 'ok', 'errors', 'p50Ms', 'p90Ms', 'p99Ms', 'maxMs', 'sendLagMaxMs'],
  ...['worstInstance', 'worstErrors', 'worstP99Ms'],
  ...['startupInstances', 'startupMedianMs', 'startupMaxMs'],
  ...['budgetBytes', 'low', 'high', 'bytes'],
];

type Row = Partial<Record<string, CsvCell>>;

/**
 * A row per round of the ramp or search, then the rows that sum a platform up: `held`, `slope` per lens, `extrapolation`
 * per budget and `minimum-memory`. Sizes in bytes, times in milliseconds; a cell that a row does not have is empty. Empty
 * where the record has no density.
 */
export const densityCsv: Reporter = {
  description:
    'CSV of density: one row per round, then what was held, slopes, extrapolations, smallest memory',
  file: 'density.csv',
  render(record) {
    if (record.density.length === 0) return '';
    const rows = record.density.flatMap((density) =>
      [...density.curve.map((point) => roundRow(density, point)), ...summaryRows(density)].map((row) =>
        columns.map((column) => row[column]),
      ),
    );
    return csv(columns, rows);
  },
};

function roundRow({ platform, limit }: RecordedDensity, point: DensityPoint): Row {
  const { n, at, starts, good, startup, cpuPercent } = point;
  const stopped = !good && limit?.n === n;
  return {
    ...{ platform, row: 'round', n, atMs: at, starts, good: good ? 'yes' : 'no', cpuPercent },
    ...(stopped ? { limit: limit.by, detail: limit.detail } : {}),
    ...underLoad(point),
    ...(startup && {
      startupInstances: startup.instances,
      startupMedianMs: startup.medianMs,
      startupMaxMs: startup.maxMs,
    }),
  };
}

function summaryRows({ platform, ...density }: RecordedDensity): Row[] {
  const { budget, instances, limit, held, slope, extrapolation, minimumMemory, conditions } = density;
  return [
    {
      ...{ platform, row: 'held', n: instances, starts: density.starts, budgetBytes: budget.memoryBytes },
      ...{ limit: limit?.by, detail: limit?.detail, conditions: conditionCell(conditions) },
      ...(held && { atMs: held.at, ...underLoad(held) }),
    },
    ...slope.map(({ lens, points, bytesPerInstance, ciLow, ciHigh }) => ({
      ...{ platform, row: `slope ${lens}`, n: points, bytes: bytesPerInstance, low: ciLow, high: ciHigh },
    })),
    ...slope.map(({ lens, points, interceptBytes }) => ({
      ...{ platform, row: `fixed ${lens}`, n: points, bytes: interceptBytes },
    })),
    ...extrapolation.map(({ budgetBytes, instances: n, low, high }) => ({
      ...{ platform, row: 'extrapolation', n, budgetBytes, low, high },
    })),
    ...(minimumMemory
      ? [{ platform, row: 'minimum-memory', bytes: minimumMemory.bytes, low: minimumMemory.refusedBytes }]
      : []),
  ];
}

function underLoad({
  memory,
  pressure,
  load,
  worst,
}: Pick<DensityPoint, 'memory' | 'pressure' | 'load' | 'worst'>): Row {
  const { durationMs, ...latencies } = load;
  return {
    ...Object.fromEntries(Object.entries(memory).map(([lens, bytes]) => [`memory.${lens}`, bytes])),
    ...(pressure && { ...pressure, pressureSource: pressure.source }),
    ...{ loadMs: durationMs, ...latencies },
    ...(worst && { worstInstance: worst.instance, worstErrors: worst.errors, worstP99Ms: worst.p99Ms }),
  };
}
