import { exitCodes, KnownError } from '../known-error.ts';

/** One mistake in a scenario or workload file. */
export interface Mistake {
  /** As it is shown: relative to the working directory where it lies below it. */
  file: string;
  /** From 1; null: the file as a whole, or no file at all. */
  line: number | null;
  column: number | null;
  /** What is wrong; what would be right. */
  message: string;
}

/** Everything that is wrong with a scenario, in one go. Its message is one line per mistake and meant for people. */
export class ScenarioError extends KnownError {
  readonly mistakes: readonly Mistake[];

  constructor(mistakes: readonly Mistake[]) {
    super(mistakes.map(mistakeLine).join('\n'), exitCodes.usage);
    this.mistakes = mistakes;
  }
}

function mistakeLine({ file, line, column, message }: Mistake): string {
  const place = [file, line, column].filter((part) => part !== null && part !== '').join(':');
  return place === '' ? message : `${place}: ${message}`;
}
