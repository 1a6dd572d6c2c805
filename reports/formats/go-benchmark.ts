/**
 * Go benchmark format, https://go.dev/design/14313-benchmark-format, for benchstat: a line per sample that counts.
 */
import { isExact } from '../../bench/record/result.ts';
import type { RecordedResult, RunRecord } from '../../bench/record/schema.ts';
import type { Reporter } from '../reporter.ts';
import { includedValues } from '../../bench/record/queries.ts';
import { printable } from '../text-table.ts';
import { scenarioName, seriesOf } from './series.ts';

/** benchstat knows `sec`, and scales units with a part `bytes` by 1024. */
const units: Readonly<Record<RecordedResult['unit'], { name: string; divisor: number }>> = {
  ms: { name: 'sec', divisor: 1000 },
  'virtual ms': { name: 'virtual-sec', divisor: 1000 },
  bytes: { name: 'bytes', divisor: 1 },
  count: { name: 'count', divisor: 1 },
  ratio: { name: 'ratio', divisor: 1 },
  share: { name: 'ratio', divisor: 1 },
  'yes-no': { name: 'ratio', divisor: 1 },
  rps: { name: 'requests/sec', divisor: 1 },
};

export const goBenchmark: Reporter = {
  description: 'Go benchmark text for benchstat: one line per sample that counts',
  file: null,
  render(record) {
    const lines = [
      ...remarks(record),
      ...configuration(record),
      ...unitLines(record),
      ...sampleLines(record),
    ];
    return `${lines.join('\n')}\n`;
  },
};

/** Neither a pair `key: value` nor a result, so readers pass it over: what differs from run to run anyway. */
function remarks({ run, host, workload }: RunRecord): string[] {
  return [
    `# tare ${printable(run.tareVersion)}, run ${printable(run.id)}, status ${run.status}, seed ${run.seed}`,
    `# kernel ${printable(host.kernel)}, payload ${printable(workload.payloadDigest)}`,
  ];
}

/** benchstat compares only results whose configuration is the same, so it holds what must be. */
function configuration(record: RunRecord): string[] {
  return [
    // Tare runs on Linux only; where an imported record comes from, nobody knows.
    ...(record.run.imported ? [] : ['goos: linux']),
    `cpu: ${printable(record.host.cpuModel)}`,
    `cpus: ${record.host.cpus ?? 'unknown'}`,
    `scenario: ${printable(scenarioName(record))}`,
  ];
}

/** One per unit: its direction, and whether repeating the measurement could change it. */
function unitLines(record: RunRecord): string[] {
  const lines = new Map<string, string>();
  for (const result of record.results) {
    const unit = unitOf(record, result);
    lines.set(unit, `Unit ${unit} better=${result.better}${isExact(result) ? ' assume=exact' : ''}`);
  }
  return [...lines.values()];
}

function sampleLines(record: RunRecord): string[] {
  return record.results.flatMap((result) => {
    const unit = unitOf(record, result);
    const name = nameOf(record, result);
    return includedValues(result).map((value) => `${name} 1 ${value / units[result.unit].divisor} ${unit}`);
  });
}

/** `startup.ready-sec`: the metric belongs to the unit, since benchstat makes one table of each unit. */
function unitOf(record: RunRecord, result: RecordedResult): string {
  return `${word(seriesOf(record, result).metric)}-${units[result.unit].name}`;
}

/**
 * `BenchmarkTomcat/platform=vm/accel=tcg/cpus=1`. The limit of CPUs comes last on purpose: readers take a `-2` at the
 * end of a name for GOMAXPROCS, and the id of a platform may end so.
 */
function nameOf(record: RunRecord, result: RecordedResult): string {
  const { scenario, platform, conditions } = seriesOf(record, result);
  const cpus = record.platforms.find(({ id }) => id === platform)?.limits?.cpus ?? 'unknown';
  const pairs = [['platform', platform] as const, ...conditions, ['cpus', String(cpus)] as const];
  const title = scenario.charAt(0).toUpperCase() + scenario.slice(1);
  return [`Benchmark${word(title)}`, ...pairs.map(([key, value]) => `${word(key)}=${word(value)}`)].join('/');
}

/** A part of a name: spaces would end it, a slash begin the next one, and a second equals sign be misread. */
function word(text: string): string {
  return text.replace(/[\s/=\p{Cc}]+/gu, '_');
}
