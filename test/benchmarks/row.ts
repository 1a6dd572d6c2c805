/** One line of a benchmark's table. */
export interface BenchRow {
  name: string;
  value: number;
  unit:
    'ms' | 'virtual ms' | '%' | '% of one core' | 'MiB' | 'ratio' | 'rps' | 'checks' | 'minutes' | 'hangs';
  /** What it should not exceed; null: for information. */
  atMost: number | null;
}
