/** What must be said before any figure: emulation, incompleteness, unfair comparisons; and the result in a sentence. */
import type { RecordedFinding, RunRecord } from '../bench/record/schema.ts';
import { densitySentence, isOnlyDensity } from './density.ts';
import { counted, figure } from '../bench/record/figures.ts';
import { headlineOf, medianText, type HeadlineRow } from './headline.ts';
import { ranPlatforms, skippedPlatforms } from '../bench/record/queries.ts';

/** Null when no platform of the run was emulated. */
export function emulationNotice(record: RunRecord): string | null {
  const ids = ranPlatforms(record)
    .filter((platform) => platform.accel === 'tcg')
    .map((platform) => platform.id);
  if (ids.length === 0) return null;
  return (
    `${list(ids)} ran under software emulation (TCG), typically 10–20× slower than with hardware virtualization. ` +
    'The factor varies with the workload, so do not compare these figures with KVM.'
  );
}

/** Null for a run of Tare's own. */
export function importNotice({ run }: RunRecord): string | null {
  if (!run.imported) return null;
  return `These figures were imported from ${run.imported.file}. Tare has not measured them, and does not know the machine.`;
}

/** Null for a complete run. */
export function statusNotice(record: RunRecord): string | null {
  if (record.run.status === 'complete') return null;
  const skipped = skippedPlatforms(record).length;
  const parts = [
    ...(skipped > 0 ? [`${skipped} ${skipped === 1 ? 'platform' : 'platforms'} skipped`] : []),
    ...(record.failures.length > 0 ? [counted(record.failures.length, 'failure')] : []),
  ];
  const what = record.run.status === 'failed' ? 'This run gave no samples' : 'This run is partial';
  return `${what}${parts.length > 0 ? `: ${parts.join(', ')}` : ''}.`;
}

/** Findings worth a line of their own: the emulation has its notice already. Errors first. */
export function findingsToShow(record: RunRecord): RecordedFinding[] {
  const order = ['error', 'warn', 'note'];
  return record.fairness
    .filter((finding) => finding.code !== 'accel-tcg')
    .sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level));
}

/** A finding as one sentence; an error also says what it has cost. */
export function findingText(finding: RecordedFinding): string {
  const consequence = finding.level === 'error' ? ' No ratio is drawn between them.' : '';
  // Where platforms differ, the message itself has each of them with what it has.
  const about = finding.groups || finding.platforms.length === 0 ? '' : `${list(finding.platforms)}: `;
  return `${about}${finding.message}.${consequence}`;
}

/** The result in one sentence, for two platforms or twenty. */
export function headlineSentence(record: RunRecord): string {
  if (isOnlyDensity(record)) return densitySentence(record);
  const headline = headlineOf(record);
  const text = (row: HeadlineRow): string => `${medianText(row.lead)} ${where(row)}`;
  const measured = headline.rows
    .flatMap((row) =>
      typeof row.lead?.summary.median === 'number' ? [{ row, median: row.lead.summary.median }] : [],
    )
    .sort((a, b) => a.median - b.median);
  const subject = record.workload.name;
  const first = measured[0];
  if (!first) return `No platform gave a startup sample of ${subject}.`;
  const last = measured.at(-1) ?? first;
  const told =
    measured.length <= 4
      ? list(measured.map(({ row }) => text(row)))
      : `${text(first.row)} to ${text(last.row)}`;
  const { name, title } = headline.shown[0];
  if (name !== 'ready') return `${subject}: ${title} is ${told}.`;
  const platforms = measured.length <= 4 ? '' : `On ${measured.length} platforms `;
  return `${platforms}${subject} is ready in ${told}.`;
}

function where({ platform, comparison }: HeadlineRow): string {
  const notes = [
    ...(comparison ? [figure(comparison.ratio, 'ratio')] : []),
    ...(platform.accel === 'tcg' ? ['emulated'] : []),
  ];
  const place = platform.id === 'process' ? 'as a bare process' : `on ${platform.id}`;
  return `${place}${notes.length > 0 ? ` (${notes.join(', ')})` : ''}`;
}

function list(words: readonly string[]): string {
  return new Intl.ListFormat('en-GB', { type: 'conjunction' }).format(words);
}
