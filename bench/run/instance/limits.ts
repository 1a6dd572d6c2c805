/** Whether the box keeps its workload within what the scenario allows, as seen from outside. */
import type { Instance, Limits } from '../../../runners/runner.ts';
import type { LimitsInForce } from '../../../runners/machine/cgroup/limits-in-force.ts';
import { VoidInstance } from './failure.ts';

/**
 * A platform's own programs, such as a shim, may stand outside of the limits; but where no process of the instance is within
 * them, the workload is not.
 *
 * @param hasGuest its memory is limited by the size of the guest's RAM, not by a cgroup
 * @throws VoidInstance
 */
export async function requireLimits(
  { cgroup }: Pick<Instance, 'cgroup'>,
  limits: Limits,
  hasGuest: boolean,
): Promise<void> {
  const found = await cgroup.limitsInForce();
  // What has ended is told as such.
  if (found.length === 0) return;
  const holds = ({ memoryBytes, cpus }: LimitsInForce): boolean =>
    (hasGuest || memoryBytes <= limits.memoryBytes) && cpus <= limits.cpus + rounding;
  if (found.some(holds)) return;
  const least = (name: keyof LimitsInForce): number => Math.min(...found.map((each) => each[name]));
  const parts = [
    ...(hasGuest
      ? []
      : [`memory: ${inMebibytes(least('memoryBytes'))} (asked for: ${inMebibytes(limits.memoryBytes)})`]),
    `CPUs: ${orNone(least('cpus'))} (asked for: ${limits.cpus})`,
  ];
  throw new VoidInstance(
    'start-failed',
    `none of its processes is held to the limits of the scenario, by their cgroups: ${parts.join(', ')}`,
  );
}

/** LXD counts whole milliseconds of 100, and may round up by half of one. */
const rounding = 0.0051;
/** On cgroup v1 there is always a number. */
const unlimitedBytes = 2 ** 60;

function inMebibytes(bytes: number): string {
  return bytes >= unlimitedBytes ? 'no limit' : `${Math.round(bytes / 2 ** 20)} MiB`;
}

function orNone(cpus: number): string {
  return cpus === Infinity ? 'no limit' : String(cpus);
}
