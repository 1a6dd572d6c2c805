/** The suites of `tare claims`: runs of built-in scenarios, in the order in which their cards are wanted. */
import type { MeasureName } from '../../scenarios/measures/measures.ts';

export interface SuiteStep {
  /** Of the run's folder, and so the run's id. */
  name: string;
  /** A built-in scenario. */
  scenario: string;
  /** Empty: all of the scenario. */
  platforms: readonly string[];
  /** Empty: all of the scenario. */
  measures: readonly MeasureName[];
  /** Null: the scenario's. */
  samples: number | null;
  /** On two CPUs without KVM, from a warm cache; for the time left. */
  seconds: number;
}

type Step = Pick<SuiteStep, 'name' | 'scenario' | 'seconds'> & Partial<SuiteStep>;

export const suites = {
  quick: suite('quick', [
    // Its cards are there within a minute.
    { name: 'containers', scenario: 'tiny', platforms: ['process', 'runc'], samples: 6, seconds: 45 },
    { name: 'state', scenario: 'state', seconds: 150 },
    {
      name: 'boxes',
      scenario: 'tiny',
      platforms: ['process', 'runc', 'docker', 'lxc', 'vm'],
      samples: 6,
      seconds: 270,
    },
    { name: 'density', scenario: 'density-tiny', seconds: 200 },
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
    { name: 'state', scenario: 'state', seconds: 150 },
    { name: 'density', scenario: 'density', seconds: 1200 },
  ]),
} satisfies Record<string, readonly SuiteStep[]>;

export type SuiteName = keyof typeof suites;

function suite(prefix: string, steps: readonly Step[]): SuiteStep[] {
  return steps.map((step) => ({
    platforms: [],
    measures: [],
    samples: null,
    ...step,
    name: `${prefix}-${step.name}`,
  }));
}
