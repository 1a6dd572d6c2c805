/** The suites of `tare claims`: runs of built-in scenarios, in the order in which their cards are wanted. */
import type { MeasureName } from '../../scenarios/measures/measures.ts';
import type { ResolvedScenario } from '../../scenarios/resolved.ts';

export interface SuiteStep {
  /** Of the run's folder, and so the run's id. */
  name: string;
  /** A built-in scenario. */
  scenario: string;
  /** Of a scenario with several workloads, the one that this step runs; null: the scenario has one. */
  workload: string | null;
  /** Leaves out VMs where they would be emulated: the step would take hours, and such times are never judged. */
  skipsEmulation: boolean;
  /** Empty: all of the scenario. */
  platforms: readonly string[];
  /** Empty: all of the scenario. */
  measures: readonly MeasureName[];
  /** Null: the scenario's. */
  samples: number | null;
  /** What else differs from the scenario. */
  adjust: (scenario: ResolvedScenario) => ResolvedScenario;
  /** On two CPUs without KVM, from a warm cache; for the time left. */
  seconds: number;
}

type Step = Pick<SuiteStep, 'name' | 'scenario' | 'seconds'> & Partial<SuiteStep>;

export const suites = {
  quick: suite('quick', [
    // Its cards are there within a minute.
    { name: 'containers', scenario: 'tiny', platforms: ['process', 'runc'], samples: 6, seconds: 45 },
    { name: 'state', scenario: 'state', measures: ['persistence', 'portability', 'isolation'], seconds: 195 },
    // A VM without an operating system in it is not judged, and boots a dozen times.
    {
      name: 'drift',
      scenario: 'state',
      measures: ['drift'],
      platforms: ['process', 'runc', 'lxc'],
      seconds: 25,
    },
    {
      name: 'boxes',
      scenario: 'tiny',
      platforms: ['process', 'runc', 'docker', 'lxc', 'vm'],
      samples: 6,
      seconds: 270,
    },
    { name: 'density', scenario: 'density-tiny', seconds: 200 },
    { name: 'burst', scenario: 'burst', platforms: ['process', 'runc'], seconds: 50 },
    ...overhead(['micro-cpu', 'micro-syscall'], ['process', 'runc'], 80),
    {
      name: 'recovery',
      scenario: 'recovery',
      platforms: ['runc', 'docker'],
      // The claim is of the program's own end.
      adjust: ({ measures, ...rest }) => ({
        ...rest,
        measures: {
          ...measures,
          recovery: measures.recovery && { ...measures.recovery, faults: ['kill'], crashes: 0 },
        },
      }),
      seconds: 45,
    },
    {
      name: 'neighbor',
      scenario: 'neighbor',
      platforms: ['process', 'runc'],
      // One that starves its neighbor is enough; of nine pairs the farthest is no end of the interval any more.
      adjust: ({ measures, ...rest }) => ({
        ...rest,
        measures: {
          ...measures,
          neighbor: measures.neighbor && { ...measures.neighbor, aggressors: ['fork'], pairs: 9 },
        },
      }),
      seconds: 100,
    },
  ]),
  full: suite('full', [
    {
      name: 'tomcat',
      scenario: 'tomcat',
      platforms: ['process', 'runc', 'crun', 'docker', 'podman', 'lxc', 'lxd', 'vm'],
      samples: 6,
      seconds: 900,
    },
    {
      name: 'everything',
      scenario: 'everything',
      platforms: ['process', 'runc', 'docker', 'vm', 'vm-full', 'microvm'],
      samples: 6,
      seconds: 1100,
    },
    { name: 'state', scenario: 'state', seconds: 270 },
    { name: 'drift', scenario: 'drift', skipsEmulation: true, seconds: 300 },
    { name: 'recovery', scenario: 'recovery', seconds: 400 },
    { name: 'neighbor', scenario: 'neighbor', skipsEmulation: true, seconds: 200 },
    { name: 'density', scenario: 'density', seconds: 1200 },
    { name: 'burst', scenario: 'burst', skipsEmulation: true, seconds: 180 },
    ...overhead(
      [
        'micro-cpu',
        'micro-cpu-compress',
        'micro-memory-bandwidth',
        'micro-memory-latency',
        'micro-syscall',
        'micro-switch',
        'micro-spawn',
        'micro-disk-random',
        'micro-disk-sequential',
        'micro-disk-sync',
        'micro-network',
      ],
      ['process', 'runc', 'docker', 'vm'],
      150,
    ),
  ]),
} satisfies Record<string, readonly SuiteStep[]>;

export type SuiteName = keyof typeof suites;

/** A step for each of these workloads of the scenario `overhead`. */
function overhead(workloads: readonly string[], platforms: readonly string[], seconds: number): Step[] {
  return workloads.map((workload) => ({
    name: workload,
    scenario: 'overhead',
    workload,
    platforms,
    skipsEmulation: true,
    samples: 6,
    seconds,
  }));
}

function suite(prefix: string, steps: readonly Step[]): SuiteStep[] {
  return steps.map((step) => ({
    platforms: [],
    measures: [],
    samples: null,
    workload: null,
    adjust: (scenario) => scenario,
    skipsEmulation: false,
    ...step,
    name: `${prefix}-${step.name}`,
  }));
}
