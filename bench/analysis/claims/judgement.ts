/** What a claim's judge returns, and how the verdicts of the parts become one. */
import type { Verdict } from '../../record/claims/schema.ts';
import type { Text } from '../../record/claims/words/words.ts';
import type { RecordedPlatform, RunRecord } from '../../record/schema.ts';
import type { Evidence } from './evidence.ts';

/** @param records the newest first */
export type Judge = (records: readonly RunRecord[]) => Judgement;

export interface Judgement {
  /** The parts of the sentence; at least one. */
  parts: Part[];
  /** What is shown, judged or not. */
  evidence: Evidence[];
  /** What was seen and is no number. */
  facts?: Fact[];
  /** What says most; null: there is nothing. */
  figure: Evidence | Fact | null;
  /** Those that the chart sets side by side: one unit. */
  chart: Evidence[];
  thresholds: Text[];
}

export interface Fact {
  record: RunRecord;
  platform: RecordedPlatform;
  /** What it is a fact of, in the words of the record: `inside.kernel`. */
  metric: string;
  text: string;
}

export interface Part {
  name: Text;
  verdict: Verdict;
  because: Text;
  /** What it would take to judge it; null: it is judged. */
  needs: Text | null;
}

/** A sentence holds if all of its parts do; where one was not measured it holds in part at most. */
export function verdictOf(parts: readonly Pick<Part, 'verdict'>[]): Verdict {
  const judged = parts.filter(({ verdict }) => verdict !== 'not measured');
  const all = (wanted: Verdict): boolean => judged.every(({ verdict }) => verdict === wanted);
  if (judged.length === 0) return 'not measured';
  if (all('does not hold')) return 'does not hold';
  return all('holds') && judged.length === parts.length ? 'holds' : 'holds in part';
}
