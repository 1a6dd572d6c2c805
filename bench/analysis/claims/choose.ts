/** Which runs and which platforms a claim is judged by. */
import { ranPlatforms } from '../../record/queries.ts';
import type { RecordedPlatform, RunRecord } from '../../record/schema.ts';

export type IsChosen = (platform: RecordedPlatform) => boolean;

export const isContainer: IsChosen = ({ kind }) => kind === 'container';
export const isVm: IsChosen = ({ kind }) => kind === 'vm';
export const isProcess: IsChosen = ({ kind }) => kind === 'process';

/** Restored from a snapshot, so that it does not boot. */
const isClone: IsChosen = ({ options }) => options['start'] === 'snapshot';

/** A VM whose size or memory is that of one that boots. */
export const isBootedVm: IsChosen = (platform) => isVm(platform) && !isClone(platform);

/** The newest run that has the metric of every kind of platform that is wanted; without one the newest that has any of them. */
export function runWith(
  records: readonly RunRecord[],
  metric: string,
  wanted: readonly IsChosen[],
): RunRecord | null {
  const counts = records.map((record) => {
    const has = (isChosen: IsChosen): boolean =>
      ranPlatforms(record).some(
        (platform) =>
          isChosen(platform) &&
          record.results.some(
            (result) => result.platform === platform.id && result.metric === metric && result.summary.n > 0,
          ),
      );
    return wanted.filter(has).length;
  });
  const most = Math.max(0, ...counts);
  return most === 0 ? null : (records[counts.indexOf(most)] ?? null);
}
