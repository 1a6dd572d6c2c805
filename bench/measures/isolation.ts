/** Takes the measure `isolation`: reads in /proc what the most isolated process of an instance may do. */
import { readPrivileges, type Privileges } from '../../runners/machine/kernel/privileges.ts';
import type { OptionsOf } from '../../scenarios/measures/measures.ts';
import { InstanceFailure } from '../run/instance/failure.ts';
import type { Measure } from './measure.ts';

export const isolation: Measure<OptionsOf<'isolation'>> = {
  instance: {
    hooks: ({ instance, sample }) => ({
      async running() {
        const pids = await instance.cgroup.processes();
        const all = await Promise.all(pids.map((pid) => readPrivileges(pid)));
        const inner = innermost(all.filter((each) => each !== null));
        if (!inner) throw new InstanceFailure('measure-failed', 'no process of the instance could be read');
        const figures = {
          capabilities: inner.capabilities,
          namespaces: inner.namespaces.length,
          noNewPrivileges: Number(inner.noNewPrivileges),
          seccomp: Number(inner.isFiltered),
          devices: inner.devices.length,
        };
        for (const [name, value] of Object.entries(figures)) sample({ metric: `isolation.${name}`, value });
      },
    }),
  },
};

/** A container's runtime stays outside of what it made: the workload has the most namespaces of its own. */
function innermost(all: readonly Privileges[]): Privileges | null {
  return all.reduce<Privileges | null>(
    (most, each) => (most && most.namespaces.length >= each.namespaces.length ? most : each),
    null,
  );
}
