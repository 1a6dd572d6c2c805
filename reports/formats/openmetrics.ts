/**
 * OpenMetrics text 1.0, https://prometheus.io/docs/specs/om/open_metrics_spec/. Only gauges, since the older Prometheus
 * text format knows no `info` and no `stateset`: so its readers (node_exporter, Pushgateway) can take the file too.
 */
import type { RecordedResult, RecordedSummary, RunRecord } from '../../bench/record/schema.ts';
import type { Reporter } from '../reporter.ts';
import { excludedValues } from '../../bench/record/queries.ts';
import { printable } from '../text-table.ts';
import { scenarioName, seriesOf } from './series.ts';

type Labels = readonly (readonly [name: string, value: string])[];

interface Family {
  unit: string;
  help: Set<string>;
  samples: string[];
}

const units: Readonly<Record<RecordedResult['unit'], { name: string; divisor: number }>> = {
  ms: { name: 'seconds', divisor: 1000 },
  'virtual ms': { name: 'virtual_seconds', divisor: 1000 },
  bytes: { name: 'bytes', divisor: 1 },
  count: { name: '', divisor: 1 },
  ratio: { name: 'ratio', divisor: 1 },
  share: { name: 'ratio', divisor: 1 },
  'yes-no': { name: 'ratio', divisor: 1 },
  rps: { name: 'requests_per_second', divisor: 1 },
};

const statistics: readonly (readonly [label: string, key: keyof RecordedSummary])[] = [
  ['median', 'median'],
  ['ci_low', 'ciLow'],
  ['ci_high', 'ciHigh'],
  ['mean', 'mean'],
  ['sd', 'sd'],
  ['min', 'min'],
  ['max', 'max'],
  ['p90', 'p90'],
  ['p99', 'p99'],
];

export const openMetrics: Reporter = {
  description: 'OpenMetrics text in seconds and bytes: figures, gates and failures as gauges',
  file: null,
  render(record) {
    const families = new Map<string, Family>();
    const add = (name: string, unit: string, help: string, labels: Labels, value: number): void => {
      const family = families.get(name) ?? { unit, help: new Set<string>(), samples: [] };
      family.help.add(help);
      family.samples.push(`${name}${labelText(labels)} ${value}`);
      families.set(name, family);
    };
    for (const result of record.results) addResult(record, result, add);
    addRun(record, add);
    return `${[...[...families].flatMap(([name, family]) => familyLines(name, family)), '# EOF'].join('\n')}\n`;
  },
};

type Add = (name: string, unit: string, help: string, labels: Labels, value: number) => void;

function addResult(record: RunRecord, result: RecordedResult, add: Add): void {
  const series = seriesOf(record, result);
  const labels: Labels = [
    ['scenario', series.scenario],
    ['platform', series.platform],
    // A prefix of their own, so that no condition can take the place of another label.
    ...series.conditions.map(([key, value]) => [`condition_${nameOf(key)}`, value] as const),
  ];
  const unit = units[result.unit];
  const name = `tare_${nameOf(series.metric)}${unit.name === '' ? '' : `_${unit.name}`}`;
  for (const [statistic, key] of statistics) {
    const value = result.summary[key];
    if (value === null) continue;
    add(name, unit.name, result.definition, [...labels, ['statistic', statistic]], value / unit.divisor);
  }
  const counted: Labels = [...labels, ['metric', series.metric]];
  const help = 'Samples behind the figures of a metric.';
  add('tare_samples', '', help, [...counted, ['state', 'counted']], result.summary.n);
  add('tare_samples', '', help, [...counted, ['state', 'excluded']], excludedValues(result).length);
}

function addRun(record: RunRecord, add: Add): void {
  const { run, host, workload } = record;
  const scenario = ['scenario', scenarioName(record)] as const;
  for (const { id, skipped } of record.platforms) {
    const help = 'Whether the platform was skipped (1) or run (0).';
    add('tare_platform_skipped', '', help, [scenario, ['platform', id]], skipped ? 1 : 0);
  }
  for (const { id, level, verdict } of record.gates) {
    const help = 'The verdict of a gate, as a label; the value is always 1.';
    add('tare_gate', '', help, [scenario, ['gate', id], ['level', level], ['verdict', verdict]], 1);
  }
  add('tare_failures', '', 'Failures of the run.', [scenario], record.failures.length);
  const finished = Date.parse(run.finishedAt);
  if (Number.isFinite(finished)) {
    const help = 'When the run ended, in seconds since 1970.';
    add('tare_run_finished_timestamp_seconds', 'seconds', help, [scenario], finished / 1000);
  }
  const about: Labels = [
    scenario,
    ['run', run.id],
    ['status', run.status],
    ['tare_version', run.tareVersion],
    ['payload', workload.payloadDigest],
    ['cpu_model', host.cpuModel],
    ['kernel', host.kernel],
    ['virtualization', host.virtualization],
  ];
  add('tare_run_info', '', 'Where the figures come from, as labels; the value is always 1.', about, 1);
}

function familyLines(name: string, { unit, help, samples }: Family): string[] {
  return [
    `# HELP ${name} ${helpText([...help].join(' Or: '))}`,
    `# TYPE ${name} gauge`,
    ...(unit === '' ? [] : [`# UNIT ${name} ${unit}`]),
    ...samples,
  ];
}

function labelText(labels: Labels): string {
  return `{${labels.map(([name, value]) => `${name}="${escaped(printable(value))}"`).join(',')}}`;
}

/** The two formats disagree on whether a quote in HELP is escaped, so it has none. */
function helpText(text: string): string {
  return escaped(printable(text).replaceAll('"', "'"));
}

/** Line breaks are gone already: `printable` makes them spaces. */
function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
}

function nameOf(text: string): string {
  return text.replace(/[^a-zA-Z0-9_]/g, '_');
}
