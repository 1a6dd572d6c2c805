/** Refuses what cannot be compared, with everything that stands in the way in one message. */
import { differenceText } from '../../record/facts.ts';
import { exitCodes, TareError } from '../../environment/errors.ts';
import type { ComparedRun, RunDifference } from '../../record/comparison.ts';

/** @throws TareError (exit 2) where an obstacle lies between the runs, or the platforms' own leave nothing */
export function refuseObstacles(
  reference: ComparedRun,
  run: ComparedRun,
  differences: readonly RunDifference[],
  figuresLeft: number,
): void {
  const obstacles = differences.filter(({ level }) => level === 'obstacle');
  const betweenRuns = obstacles.some(({ platform }) => platform === null);
  if (!betweenRuns && (figuresLeft > 0 || obstacles.length === 0)) return;
  const lines = obstacles.map((each) => `\n  ${differenceText(each)}`);
  throw new TareError(
    `${run.id} cannot be compared with ${reference.id}:${lines.join('')}\n` +
      'compare runs of one machine and one payload, or compare anyway with --force',
    exitCodes.usage,
  );
}
