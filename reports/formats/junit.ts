/**
 * JUnit XML, for the test tabs of CI systems: one suite with a case per gate, one with a case per platform or failure.
 * The format has no definition of its own; elements and attributes are those that Jenkins and GitLab read.
 */
import type {
  RecordedFailure,
  RecordedGate,
  RecordedPlatform,
  RunRecord,
} from '../../bench/record/schema.ts';
import type { Reporter } from '../reporter.ts';
import { skippedPlatforms } from '../../bench/record/queries.ts';
import { scenarioName } from './series.ts';
import { element } from './xml.ts';

interface TestCase {
  name: string;
  outcome: 'passed' | 'failure' | 'error' | 'skipped';
  /** Empty where it passed. */
  message: string;
  type: string;
  text: string;
}

export const junit: Reporter = {
  description: 'JUnit XML: a test case per gate, per platform and per failure of an instance',
  file: null,
  render(record) {
    const suites = [
      { name: 'gates', cases: record.gates.map((gate) => gateCase(record, gate)) },
      { name: 'platforms', cases: platformsAndFailures(record) },
    ];
    const all = suites.flatMap(({ cases }) => cases);
    const attributes = {
      name: `tare ${scenarioName(record)}`,
      tests: all.length,
      failures: count(all, 'failure'),
      errors: count(all, 'error'),
      time: durationSeconds(record),
    };
    const children = suites.map(({ name, cases }) => suiteElement(record, name, cases));
    return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', attributes, children)}\n`;
  },
};

function suiteElement(record: RunRecord, name: string, cases: readonly TestCase[]): string {
  const fullName = `tare.${scenarioName(record)}.${name}`;
  const attributes = {
    name: fullName,
    tests: cases.length,
    failures: count(cases, 'failure'),
    errors: count(cases, 'error'),
    skipped: count(cases, 'skipped'),
    time: durationSeconds(record),
    // Local time without a zone in the schemas that readers check; here it is UTC.
    timestamp: record.run.startedAt.slice(0, 'YYYY-MM-DDThh:mm:ss'.length),
  };
  return element('testsuite', attributes, [
    element('properties', {}, [
      property('run', record.run.id),
      property('tare', record.run.tareVersion),
      property('payload', record.workload.payloadDigest),
      property('cpu', record.host.cpuModel),
      property('kernel', record.host.kernel),
    ]),
    ...cases.map((each) => caseElement(fullName, each)),
  ]);
}

function caseElement(suite: string, { name, outcome, message, type, text }: TestCase): string {
  const attributes = { classname: suite, name };
  if (outcome === 'passed') return element('testcase', attributes);
  const details = outcome === 'skipped' ? { message } : { message, type };
  return element('testcase', attributes, [element(outcome, details, text)]);
}

function gateCase(record: RunRecord, gate: RecordedGate): TestCase {
  const message = `expected ${gate.expected}, found ${gate.found}`;
  const unfit = unfitPlatforms(record, gate);
  const outcome = unfit.length > 0 ? 'error' : gateOutcomes[gate.verdict];
  const type = unfit.length > 0 ? 'unfit' : 'gate';
  const text = [
    gate.detail,
    ...unfit.map(({ id, skipped }) => `${id}: ${skipped.reason} Fix: ${skipped.remedy}`),
  ].join('\n');
  if (outcome === 'passed') return { name: gate.id, outcome, message: '', type, text: '' };
  // A gate of level warn does not fail a run, so it must not turn the tests red either.
  if (gate.level === 'warn' && outcome !== 'skipped') {
    const result = unfit.length > 0 ? 'not judged' : gate.verdict;
    return { name: gate.id, outcome: 'skipped', message: `${result}, warn only: ${message}`, type, text };
  }
  const told = outcome === 'skipped' ? `${gate.verdict}: ${message} (${gate.detail})` : message;
  return { name: gate.id, outcome, message: told, type, text };
}

const gateOutcomes = {
  pass: 'passed',
  fail: 'failure',
  inconclusive: 'skipped',
  skipped: 'skipped',
} as const satisfies Record<RecordedGate['verdict'], TestCase['outcome']>;

/** Platforms whose skipping kept a gate from being judged, by the scenario's own entry for the gate. */
function unfitPlatforms(record: RunRecord, gate: RecordedGate): ReturnType<typeof skippedPlatforms> {
  if (gate.verdict !== 'skipped') return [];
  const { gates } = record.run.scenario;
  const entry = (Array.isArray(gates) ? (gates as unknown[]) : []).find(
    (each): each is Record<string, unknown> =>
      typeof each === 'object' && each !== null && 'id' in each && each.id === gate.id,
  );
  return skippedPlatforms(record).filter(({ id }) => id === entry?.['platform'] || id === entry?.['over']);
}

/** Every failure is a case, and so is every platform without one. */
function platformsAndFailures({ platforms, failures }: RunRecord): TestCase[] {
  const failed = failures.map(({ platform }) => platform);
  return [
    ...platforms.filter(({ id, skipped }) => skipped ?? !failed.includes(id)).map(platformCase),
    ...failures.map(failureCase),
  ];
}

function platformCase({ id, skipped }: RecordedPlatform): TestCase {
  if (!skipped) return { name: id, outcome: 'passed', message: '', type: '', text: '' };
  const message = `${skipped.reason} Fix: ${skipped.remedy}`;
  return { name: id, outcome: 'skipped', message, type: '', text: '' };
}

function failureCase({ platform, measure, block, code, message, lines, log }: RecordedFailure): TestCase {
  return {
    name: [`${platform}: ${measure}`, ...(block === null ? [] : [`block ${block}`])].join(', '),
    outcome: 'error',
    message,
    type: code,
    text: [message, ...lines, ...(log === null ? [] : [`log: ${log}`])].join('\n'),
  };
}

function property(name: string, value: string): string {
  return element('property', { name, value });
}

function count(cases: readonly TestCase[], outcome: TestCase['outcome']): number {
  return cases.filter((each) => each.outcome === outcome).length;
}

/** Seconds with three digits; 0 for times that are none. */
function durationSeconds({ run }: RunRecord): string {
  const ms = Date.parse(run.finishedAt) - Date.parse(run.startedAt);
  return (Number.isFinite(ms) ? Math.max(0, ms) / 1000 : 0).toFixed(3);
}
