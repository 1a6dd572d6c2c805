/**
 * The self-test of a scenario's gates: are they quiet about identical code, and do they notice a slowdown? Each judged platform
 * runs three times over in shuffled blocks: as it is, as it is again, and with a stated delay in its start. Gates that could
 * never fail, and gates that fail for nothing, show themselves here.
 */
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isSampled, metricOf, onlyMeasures } from '../../scenarios/measures/measures.ts';
import type { ResolvedGate, ResolvedPlatform, ResolvedScenario } from '../../scenarios/resolved.ts';
import type { CommandContext } from '../environment/context.ts';
import { exitCodes, TareError } from '../environment/errors.ts';
import { isExactGate } from '../analysis/gates/exact.ts';
import type { RunRecord } from '../record/schema.ts';
import { gatesOf } from './gates-of.ts';
import { arms } from './self-test-arms.ts';
import { tryGate } from './self-test-trials.ts';
import type { SelfTest } from '../store/self-test-record.ts';
import { refuseLabRun } from './not-in-lab.ts';

/** Random choices per gate and kind: enough to tell one in a hundred. */
const trials = 1000;

export interface SelfTestOptions {
  /** The run's folder; its journal holds the scenario. */
  folder: string;
  /** The slowdown, as a share of the median start. */
  injected: number;
}

/**
 * @returns the test, and what failed meanwhile, which has no figures
 * @throws TareError: exit 2 where the run has no gate that could be tested, exit 4 where no instance gave a figure
 */
export async function selfTest(
  record: RunRecord,
  { folder, injected }: SelfTestOptions,
  context: CommandContext,
): Promise<{ result: SelfTest; failures: RunRecord['failures'] }> {
  const gates = gatesOf(record).filter((gate) => gate.worseBy !== null && !isExactGate(gate, record.results));
  if (gates.length === 0) {
    throw new TareError(
      `${record.run.id}: no gate compares samples with a reference run (worse-by), so there is nothing to test`,
      exitCodes.usage,
    );
  }
  const { readRun, runSuite } = await import('../run/suite.ts');
  const { scenario, seed, inLab } = await readRun(folder);
  refuseLabRun(folder, inLab);
  const place = join(folder, 'self-test');
  // Of an earlier test; nothing but a self-test ever writes there.
  await rm(place, { recursive: true, force: true });
  context.log.progress(`self-test: a slowdown of ${Number((100 * injected).toPrecision(3))} % is injected`);
  const tested = await runSuite(
    testScenario(scenario, gates, record, injected),
    { folder: place, seed },
    context,
  );
  context.signal.throwIfAborted();
  const { failures } = tested;
  if (tested.results.length === 0) {
    const [first] = failures;
    const why = first ? `${first.platform}: ${first.code}: ${first.message}` : 'no instance was started';
    throw new TareError(`the self-test has no figures: ${why}`, exitCodes.failed);
  }
  const result = {
    at: new Date().toISOString(),
    run: basename(folder),
    blocks: Math.max(...tested.results.map(({ summary }) => summary.n)),
    trials,
    injected,
    seed,
    gates: gates.flatMap((gate) => tryGate(gate, { record, tested, seed, trials, family: gates.length })),
  };
  return { result, failures };
}

function testScenario(
  scenario: ResolvedScenario,
  gates: readonly ResolvedGate[],
  record: RunRecord,
  injected: number,
): ResolvedScenario {
  const judged = new Set(gates.map(({ platform }) => platform));
  const needed = new Set(
    gates.flatMap(({ platform, over }) => (over === null ? [platform] : [platform, over])),
  );
  const platforms = scenario.platforms
    .filter(({ id }) => needed.has(id))
    .flatMap((platform): ResolvedPlatform[] => {
      const { again, slow } = arms(platform.id);
      const same = [platform, { ...platform, id: again }];
      const startDelayMs = platform.startDelayMs + delayMs(record, platform.id, injected);
      return judged.has(platform.id) ? [...same, { ...platform, id: slow, startDelayMs }] : same;
    });
  const judgedMeasures = gates.map(({ metric }) => metricOf(metric)?.measure);
  return {
    ...scenario,
    name: 'self-test',
    platforms,
    baseline: platforms[0]?.id ?? scenario.baseline,
    gates: [],
    // The delay is injected into the start, whichever measure is judged.
    measures: onlyMeasures(
      scenario.measures,
      (name) => name === 'startup' || (isSampled(name) && judgedMeasures.includes(name)),
    ),
  };
}

function delayMs(record: RunRecord, platform: string, injected: number): number {
  const ready = record.results.find(
    (result) => result.platform === platform && result.metric === 'startup.ready',
  );
  return injected * (ready?.summary.median ?? 0);
}
