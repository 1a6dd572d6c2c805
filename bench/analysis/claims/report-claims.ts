/** Records and a language -> the claims report: every claim judged, and put into words. */
import { hostLine } from '../../record/facts.ts';
import {
  claimsVersion,
  type ClaimsReport,
  type ReportedClaim,
  type ReportedEvidence,
} from '../../record/claims/schema.ts';
import { say, text, type Language, type Text } from '../../record/claims/words/words.ts';
import type { RunRecord } from '../../record/schema.ts';
import { claimIds, judges, type ClaimId } from './claims.ts';
import { evidenceText, type Evidence } from './evidence.ts';
import { verdictOf, type Fact, type Judgement } from './judgement.ts';

export interface JudgedRecord {
  record: RunRecord;
  /** Relative to the report's folder; null: outside it. */
  folder: string | null;
}

/** @param tareVersion of the program that judges */
export function reportClaims(
  runs: readonly JudgedRecord[],
  lang: Language,
  tareVersion: string,
): ClaimsReport {
  // Later runs replace earlier ones, claim by claim.
  const newestFirst = [...runs].sort((a, b) => b.record.run.startedAt.localeCompare(a.record.run.startedAt));
  const records = newestFirst.map(({ record }) => record);
  return {
    claimsVersion,
    lang,
    tareVersion,
    machines: [...new Set(records.map(machineOf))],
    claims: claimIds.map((id) => worded(id, judges[id](records), lang)),
    runs: newestFirst.map(({ record, folder }) => ({
      id: record.run.id,
      scenario: scenarioOf(record),
      workload: record.workload.name,
      startedAt: record.run.startedAt,
      status: record.run.status,
      machine: machineOf(record),
      folder,
    })),
  };
}

function scenarioOf({ run }: RunRecord): string {
  const { name } = run.scenario;
  return typeof name === 'string' ? name : '';
}

/** A lab is a machine of its own, and says what drives it. */
function machineOf(record: RunRecord): string {
  const { lab } = record;
  return lab ? `${hostLine(record)} · lab (${lab.accel})` : hostLine(record);
}

function worded(id: ClaimId, judgement: Judgement, lang: Language): ReportedClaim {
  const { parts, evidence, facts = [], figure, chart, thresholds } = judgement;
  const words = (of: Text): string => say(of, lang);
  const needs = [...new Set(parts.flatMap((part) => (part.needs ? [words(part.needs)] : [])))];
  return {
    id,
    claim: words(text(`claim.${id}`)),
    verdict: verdictOf(parts),
    reason: parts.map((part) => words(text('reason.part', partValues(part, lang)))).join(' '),
    parts: parts.map(({ name, verdict, because }) => ({
      part: words(name),
      verdict,
      reason: words(because),
    })),
    figure: figure && textOf(figure),
    figureLabel: figure && labelOf(figure),
    measured: words(text(`measured.${id}`)),
    thresholds: thresholds.map(words),
    limits: words(text(`limits.${id}`)),
    needs: needs.length === 0 ? null : needs.join('; '),
    chart: chart.map((each) => evidence.indexOf(each)).filter((index) => index >= 0),
    evidence: [...evidence.map(reported), ...facts.map(reportedFact)],
  };
}

function partValues(
  { name, verdict, because }: Judgement['parts'][number],
  lang: Language,
): Record<string, string> {
  return {
    part: say(name, lang),
    verdict: say(text(`verdict.${verdict}`), lang),
    because: say(because, lang),
  };
}

function textOf(figure: Evidence | Fact): string {
  return 'text' in figure ? figure.text : evidenceText(figure);
}

function labelOf(figure: Evidence | Fact): string {
  const label = 'label' in figure ? ` ${figure.label}` : '';
  return `${figure.platform.id}${label} · ${figure.metric}`;
}

function reported(evidence: Evidence): ReportedEvidence {
  const { record, platform, metric, lens, condition, against, unit, value, low, high, level, n } = evidence;
  return {
    ...{ run: record.run.id, platform: platform.id, metric },
    ...(lens === undefined ? {} : { lens }),
    ...(evidence.label === undefined ? {} : { label: evidence.label }),
    ...{ condition, against, unit, value, low, high: Number.isFinite(high) ? high : null, level, n },
    accel: platform.accel,
    judged: evidence.isJudged,
    text: evidenceText(evidence),
  };
}

function reportedFact({ record, platform, metric, text: says }: Fact): ReportedEvidence {
  return {
    ...{ run: record.run.id, platform: platform.id, metric, condition: {}, against: null, unit: 'count' },
    ...{ value: null, low: null, high: null, level: null, n: 1, accel: platform.accel },
    judged: true,
    text: says,
  };
}
