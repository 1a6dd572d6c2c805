/** Which nodes a fleet runs on: the first that can take a job, or the ones that are named. */
import { exitCodes, TareError } from '../../environment/errors.ts';
import type { SlurmNode } from './cluster.ts';

export interface NodeChoice {
  /** How many; null: those of `list`, or all. */
  nodes: number | null;
  /** Names; null: any. */
  list: readonly string[] | null;
  /** Features as `new`, `new&fast`, `old|new`; null: any. */
  constraint: string | null;
}

/** States in which a node will take a job sooner or later; sinfo(1). */
const usable = /^(idle|mixed|allocated|completing|planned|idle~|allocated~)$/;
const first = ['idle', 'idle~', 'mixed', 'completing', 'planned', 'allocated'];

/** @throws TareError: exit 2 for a name or constraint that is wrong, 3 where there are too few nodes */
export function chooseNodes(all: readonly SlurmNode[], { nodes, list, constraint }: NodeChoice): SlurmNode[] {
  const unknown = (list ?? []).filter((name) => !all.some((node) => node.name === name));
  if (unknown.length > 0) {
    throw new TareError(
      `no node ${unknown.join(', ')} in this cluster or partition; it has ${all.map(({ name }) => name).join(', ')}`,
      exitCodes.usage,
    );
  }
  const fits = constraintOf(constraint);
  const asked = all.filter((node) => (list === null || list.includes(node.name)) && fits(node));
  const able = asked
    .filter(({ state }) => usable.test(state))
    .sort((a, b) => first.indexOf(a.state) - first.indexOf(b.state));
  const wanted = nodes ?? (list === null ? able.length : list.length);
  if (able.length >= wanted && wanted > 0) return able.slice(0, wanted);
  const out = asked.filter((node) => !able.includes(node)).map(({ name, state }) => `${name} is ${state}`);
  throw new TareError(
    `${wanted} nodes are asked for, and ${able.length} can take a job${out.length > 0 ? `: ${out.join(', ')}` : ''}`,
    exitCodes.unfit,
  );
}

function constraintOf(constraint: string | null): (node: SlurmNode) => boolean {
  if (constraint === null) return () => true;
  if (!/^[\w.:=+-]+([&|][\w.:=+-]+)*$/.test(constraint)) {
    throw new TareError(
      `--constraint ${constraint}: expected features with & and |, such as new&fast`,
      exitCodes.usage,
    );
  }
  const ways = constraint.split('|').map((way) => way.split('&'));
  return ({ features }) => ways.some((way) => way.every((feature) => features.includes(feature)));
}
