/**
 * Phases of a start. Each mark begins the phase of its name; a phase ends at the next mark of the chain. Where a mark
 * is missing or earlier than the one before it, nobody can say what the time around it was: it is `unexplained`.
 * So the phases of an instance always add up to its startup.
 */

const phaseOf: Readonly<Record<string, string>> = {
  spawned: 'launch',
  exec: 'workload',
  listening: 'response',
  ended: 'teardown',
};

/** Name of the phase that begins with a mark. */
function phaseName(mark: string): string {
  return phaseOf[mark] ?? mark;
}

/** The chain of marks of a start: the runner's own, then the workload's log marks in their places. */
export function markChain(
  runnerMarks: readonly string[],
  logMarks: readonly { name: string; after: 'exec' | 'listening' }[],
): string[] {
  const after = (moment: 'exec' | 'listening'): string[] =>
    logMarks.filter((mark) => mark.after === moment).map((mark) => mark.name);
  // What was executed before the start (in the machine that a clone continues) has printed its lines by then.
  if (runnerMarks.includes('restore')) return [...runnerMarks, 'listening', 'ready'];
  return [...runnerMarks, ...after('exec'), 'listening', ...after('listening'), 'ready'];
}

/** The same of a workload that ends by itself. */
export function endChain(runnerMarks: readonly string[], logMarks: readonly { name: string }[]): string[] {
  return [...runnerMarks, ...logMarks.map(({ name }) => name), 'ended', 'gone'];
}

/**
 * @param chain marks in their order, from `spawned` to `ready` or `gone`; both ends must be set
 * @param at moment of each mark, milliseconds on one clock
 * @returns duration of every phase in milliseconds, `unexplained` always among them; their sum is the last minus the first
 */
export function phasesOf(
  chain: readonly string[],
  at: Readonly<Record<string, number>>,
): Record<string, number> {
  const phases: Record<string, number> = { unexplained: 0 };
  const last = chain.at(-1) ?? 'ready';
  const end = at[last];
  let mark = chain[0];
  let from = mark === undefined ? undefined : at[mark];
  if (mark === undefined || from === undefined || end === undefined) {
    throw new Error(`phases need the marks ${chain[0] ?? 'spawned'} and ${last}`);
  }
  let gap = false;
  for (const next of chain.slice(1)) {
    const to = at[next];
    if (to === undefined || to < from || to > end) {
      gap = true;
      continue;
    }
    const name = gap ? 'unexplained' : phaseName(mark);
    phases[name] = (phases[name] ?? 0) + (to - from);
    mark = next;
    from = to;
    gap = false;
  }
  return phases;
}
