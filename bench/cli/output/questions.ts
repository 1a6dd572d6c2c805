/** Questions to a person on a terminal, one line each; a wrong answer is asked for again. */
import { createInterface } from 'node:readline/promises';
import type { CommandContext } from '../../environment/context.ts';
import { exitCodes, TareError } from '../../environment/errors.ts';

export interface Question<Value> {
  question: string;
  /** What an empty answer means, as a person would type it. */
  usual?: string;
  /** @throws Error with what would be right */
  read: (text: string) => Value;
}

export type Ask = <Value>(question: Question<Value>) => Promise<Value>;

/** Null where nobody could answer: stdin or stderr is no terminal. */
export function openQuestions({
  stdin,
  stderr,
  signal,
}: CommandContext): { ask: Ask; close: () => void } | null {
  if (!isTerminal(stdin) || !isTerminal(stderr)) return null;
  const lines = createInterface({ input: stdin, output: stderr, terminal: true });
  const ended = new AbortController();
  // In raw mode Ctrl-C is a key and no signal; Ctrl-D ends the input.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  lines.on('close', () => {
    ended.abort();
  });
  const answerTo = async (prompt: string): Promise<string> => {
    try {
      return (await lines.question(prompt, { signal: AbortSignal.any([signal, ended.signal]) })).trim();
    } catch (error) {
      if (signal.aborted) throw error;
      throw new TareError(
        'no answer: the input has ended; say it with options, and --yes asks nothing',
        exitCodes.usage,
        { cause: error },
      );
    }
  };
  const ask: Ask = async ({ question, usual, read }) => {
    for (;;) {
      const text = await answerTo(`${question}${usual === undefined ? '' : ` [${usual}]`}: `);
      try {
        return read(text === '' && usual !== undefined ? usual : text);
      } catch (error) {
        stderr.write(`  ${error instanceof Error ? error.message : String(error)}\n`);
      }
    }
  };
  return {
    ask,
    close: () => {
      lines.close();
    },
  };
}

function isTerminal(stream: NodeJS.ReadableStream | NodeJS.WritableStream): boolean {
  return 'isTTY' in stream && stream.isTTY === true;
}
