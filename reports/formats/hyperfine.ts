/** JSON as hyperfine exports it (`--export-json`), for scripts that read that: seconds, an entry per platform. */
import type { Reporter } from '../reporter.ts';
import { includedValues } from '../../bench/record/queries.ts';
import { seriesOf, subjectOf } from './series.ts';

export const hyperfine: Reporter = {
  description: 'JSON as hyperfine exports it: startup.ready in seconds',
  file: null,
  render(record) {
    const results = record.results
      .filter(({ metric, summary }) => metric === 'startup.ready' && summary.n > 0)
      .map((result) => {
        const { mean, sd, median, min, max } = result.summary;
        const times = includedValues(result).map((ms) => ms / 1000);
        const series = seriesOf(record, result);
        return {
          command: subjectOf(series),
          mean: seconds(mean),
          // Like hyperfine: null for a single run.
          stddev: seconds(sd),
          median: seconds(median),
          // CPU time until ready is known only as the sum of both (cpu.ready).
          user: null,
          system: null,
          min: seconds(min),
          max: seconds(max),
          times,
          // An instance that is ready has not exited. hyperfine too writes null where a run has no exit code.
          exit_codes: times.map(() => null),
          parameters: {
            scenario: series.scenario,
            platform: series.platform,
            // The format has no unit of its own.
            ...(result.unit === 'virtual ms' && { clock: 'virtual' }),
            ...Object.fromEntries(series.conditions),
          },
        };
      });
    return `${JSON.stringify({ results }, null, 2)}\n`;
  },
};

function seconds(ms: number | null): number | null {
  return ms === null ? null : ms / 1000;
}
