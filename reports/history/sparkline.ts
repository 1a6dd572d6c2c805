/** A series as a row of bars: time from left to right, the lowest value as the lowest bar. */

const bars = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** @param columns of more values than this, each bar is the mean of some */
export function sparkline(values: readonly number[], columns: number): string {
  const count = Math.min(columns, values.length);
  const means = Array.from({ length: count }, (_, bar) => {
    const from = Math.floor((bar * values.length) / count);
    const part = values.slice(from, Math.floor(((bar + 1) * values.length) / count));
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
  const low = Math.min(...means);
  const span = Math.max(...means) - low;
  return means
    .map((mean) => bars[span === 0 ? 0 : Math.round(((mean - low) / span) * (bars.length - 1))])
    .join('');
}
