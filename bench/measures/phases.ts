/**
 * Phases of a start. Each mark begins the phase of its name; a phase ends at the next mark of the chain. Where a mark
 * is missing or earlier than the one before it, nobody can say what the time around it was: it is `unexplained`.
 * So the phases of an instance always add up to its startup.
 */

const phaseOf: Readonly<Record<string, string>> = {
  spawned: 'launch',
  exec: 'workload',
  listening: 'response',
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

/**
 * @param chain marks in their order, from `spawned` to `ready`; both ends must be set
 * @param at moment of each mark, milliseconds on one clock
 * @returns duration of every phase in milliseconds, `unexplained` always among them; their sum is ready - spawned
 */
export function phasesOf(
  chain: readonly string[],
  at: Readonly<Record<string, number>>,
): Record<string, number> {
  const phases: Record<string, number> = { unexplained: 0 };
  const ready = at['ready'];
  let mark = chain[0];
  let from = mark === undefined ? undefined : at[mark];
  if (mark === undefined || from === undefined || ready === undefined) {
    throw new Error(`phases need the marks ${chain[0] ?? 'spawned'} and ready`);
  }
  let gap = false;
  for (const next of chain.slice(1)) {
    const to = at[next];
    if (to === undefined || to < from || to > ready) {
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
