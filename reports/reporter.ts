import type { RunRecord } from '../bench/record/schema.ts';

/** How a report is asked for: it never looks at the terminal or the environment itself. */
export interface RenderOptions {
  /** Width in columns, for text. */
  columns: number;
  colour: boolean;
  /** Page that lists all runs, relative to this one; absent: the page stands alone. */
  home?: string;
  /** Names of the columns that the headline table is to have, in this order; absent: what there is room for. */
  show?: readonly string[] | null;
}

export interface Reporter<Subject = RunRecord> {
  /** One line for `tare list reporters`. */
  readonly description: string;
  /** File in the run's directory that every run writes; null: only on request or on the terminal. */
  readonly file: string | null;
  /** The report as text, a function of its subject alone; empty, and no file, where that has nothing for it. */
  render(subject: Subject, options: RenderOptions): string;
  /** Pictures that a browser draws in place of the text; `file` is then the folder of them all. */
  readonly pictures?: (subject: Subject) => readonly Picture[];
}

/** A page that a browser makes a PNG of. */
export interface Picture {
  /** Name of its file, without the suffix. */
  name: string;
  html: string;
  /** In CSS pixels. */
  size: { width: number; height: number };
}
