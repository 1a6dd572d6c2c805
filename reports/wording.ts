/** Short names of lenses and phases, and the order in which they are shown. The record carries the full definitions. */
import type { RecordedPlatform, RecordedResult } from '../bench/record/schema.ts';
import { conditionText } from '../bench/record/queries.ts';

/** Memory lenses from the narrowest account to the widest. */
const memoryLenses = ['uss', 'pss', 'rss', 'workingset', 'cgroup', 'host', 'guest'];
const memoryParts = ['guest-ram', 'snapshot', 'vmm', 'tcg-cache'];
const imageLenses = ['transfer', 'unpacked', 'virtual', 'allocated', 'marginal'];
const phasesBeforeOwn = ['launch', 'firmware', 'kernel', 'initrd', 'init', 'restore', 'resume', 'workload'];

const names: Readonly<Record<string, string>> = {
  uss: 'USS (private pages)',
  pss: 'PSS (fair share)',
  rss: 'RSS (counts shared pages twice)',
  workingset: 'working set',
  cgroup: 'cgroup',
  host: 'host (fall of MemAvailable)',
  guest: 'inside the guest',
  'guest-ram': 'guest RAM',
  snapshot: 'pages shared with the snapshot',
  vmm: 'VMM',
  'tcg-cache': 'TCG translation cache',
};

/** Lens of a result, which a metric may carry in its own name: `memory.pss`. */
export function lensOf(result: RecordedResult): string {
  return result.lens ?? result.metric.slice(result.metric.indexOf('.') + 1);
}

export function lensName(lens: string): string {
  return names[lens] ?? lens;
}

export function compareLenses(a: string, b: string): number {
  const order = [...memoryLenses, ...memoryParts, ...imageLenses];
  return rank(order, a) - rank(order, b);
}

/** `stop.released (kill)`: a result's name without its platform. */
export function resultName(result: Pick<RecordedResult, 'metric' | 'lens' | 'condition'>): string {
  const lens =
    result.lens !== undefined && !result.metric.endsWith(`.${result.lens}`) ? `, ${result.lens}` : '';
  const condition = conditionText(result.condition);
  return `${result.metric}${lens}${condition === '' ? '' : ` (${condition})`}`;
}

/** `vm (TCG)`: a platform's id, with the emulation that nobody may overlook. */
export function platformName(platform: RecordedPlatform): string {
  return platform.accel === 'tcg' ? `${platform.id} (TCG)` : platform.id;
}

/**
 * Phases in the order of a start. Names that are not ours are the workload's own marks: they stand where the record
 * has them, before or after `response`.
 */
export function orderPhases(namesInRecordOrder: readonly string[]): string[] {
  const response = namesInRecordOrder.indexOf('response');
  const position = (name: string): number => {
    if (name === 'unexplained') return 99;
    if (name === 'response') return 50;
    const ours = phasesBeforeOwn.indexOf(name);
    if (ours >= 0) return ours;
    return response >= 0 && namesInRecordOrder.indexOf(name) > response ? 60 : 40;
  };
  return [...namesInRecordOrder].sort((a, b) => position(a) - position(b));
}

function rank(order: readonly string[], name: string): number {
  const index = order.indexOf(name);
  return index < 0 ? order.length : index;
}
