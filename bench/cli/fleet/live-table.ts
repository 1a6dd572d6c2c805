/** The tasks of a fleet while they run: a line of sums for the terminal, and the changes for a log. */
import type { CommandContext } from '../../environment/context.ts';
import type { ShownTask } from '../../fleet/slurm/follow.ts';

const told = new WeakMap<CommandContext, Map<string, string>>();

/** Each change of a task is said once; how many are where is the progress. */
export function liveTable(tasks: readonly ShownTask[], context: CommandContext): void {
  const before = told.get(context) ?? new Map<string, string>();
  told.set(context, before);
  const counts = new Map<string, number>();
  for (const each of tasks) {
    const name = `${each.task.node}${each.task.task > 0 ? ` run ${each.task.task + 1}` : ''} (job ${each.task.job})`;
    const text = stateText(each);
    const kind = each.state.is;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    if (before.get(name) === text) continue;
    before.set(name, text);
    context.log.progress(`${name}: ${text}`);
  }
  if (context.columns !== null)
    context.log.progress([...counts].map(([kind, count]) => `${count} ${kind}`).join(', '));
}

function stateText({ task, state }: ShownTask): string {
  if (state.is === 'sampling') return `block ${Math.min(state.block, task.blocks)} of ${task.blocks}`;
  return state.is === 'lost' ? `lost: ${state.reason}` : state.is;
}
