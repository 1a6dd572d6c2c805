/** Runs what a suite lacks: each step into a folder of its own below the suite's, with the time left of the whole. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../../runners/machine/log.ts';
import { probeKvm } from '../../runners/qemu/probe.ts';
import { loadScenarios } from '../../scenarios/loader/load.ts';
import { applyOverrides } from '../../scenarios/loader/overrides.ts';
import type { ResolvedScenario } from '../../scenarios/resolved.ts';
import { commitOf } from '../environment/commit.ts';
import type { CommandContext } from '../environment/context.ts';
import { TareError, type ExitCode } from '../environment/errors.ts';
import type { RunRecord } from '../record/schema.ts';
import { readRun } from '../run/journal/stored-run.ts';
import { kindOf } from '../run/prepare/platforms.ts';
import { probeContext, type RunScenario } from '../run/run.ts';
import { isRun, recordFile } from '../store/find-run.ts';
import type { SuiteStep } from './suites.ts';

export interface SuiteRun {
  steps: readonly SuiteStep[];
  /** The suite's folder, absolute. */
  folder: string;
  seed: number;
  runScenario: RunScenario;
  /** Called after every step that left a record. */
  onRecord: (record: RunRecord, folder: string) => Promise<void>;
  /** What the record means for the exit code. */
  codeOf: (record: RunRecord) => ExitCode;
}

/** @returns an exit code for each step that was run */
export async function runSuiteSteps(suite: SuiteRun, context: CommandContext): Promise<ExitCode[]> {
  const { steps, folder, onRecord, codeOf } = suite;
  const missing: SuiteStep[] = [];
  for (const step of steps) if (!(await isFinished(join(folder, step.name)))) missing.push(step);
  // Found before the first run costs minutes.
  const scenarios = new Map<string, ResolvedScenario>();
  for (const step of missing) {
    const scenario = scenarioOf(step, context.cwd);
    scenarios.set(step.name, step.skipsEmulation ? await withoutEmulation(scenario, context) : scenario);
  }
  const codes: ExitCode[] = [];
  for (const [index, step] of missing.entries()) {
    context.signal.throwIfAborted();
    const scenario = scenarios.get(step.name);
    if (!scenario) continue;
    const log = logOfStep(context.log, missing, index);
    try {
      const record = await runStep(step, scenario, suite, { ...context, log });
      context.signal.throwIfAborted();
      codes.push(codeOf(record));
      await onRecord(record, join(folder, step.name));
    } catch (error) {
      // What one scenario cannot do must not keep the others from running.
      if (!(error instanceof TareError)) throw error;
      context.log.warn(`${step.name}: ${error.message}`);
      codes.push(error.exitCode);
    }
  }
  return codes;
}

async function isFinished(folder: string): Promise<boolean> {
  if (!(await isRun(folder))) return false;
  const record = await readRun({ folder, record: join(folder, recordFile) }).catch(() => null);
  return record !== null && record.run.status !== 'failed' && !isCutOff(record);
}

/** A run that was killed or interrupted goes on; one of which a platform failed is over. */
function isCutOff({ run, failures }: RunRecord): boolean {
  return run.status === 'partial' && failures.length === 0;
}

function scenarioOf(step: SuiteStep, cwd: string): ResolvedScenario {
  const { scenario, workload, platforms, measures, samples, adjust } = step;
  const all = loadScenarios(scenario, { cwd });
  const one = workload === null ? all[0] : all.find((loaded) => loaded.workload.name === workload);
  if (one === undefined) throw new Error(`${scenario} has no workload ${workload ?? ''}`);
  const overrides = {
    platforms: [...platforms],
    measures: [...measures],
    samples,
    accel: null,
  };
  return adjust(applyOverrides(one, overrides));
}

async function withoutEmulation(
  scenario: ResolvedScenario,
  context: CommandContext,
): Promise<ResolvedScenario> {
  const others = scenario.platforms.filter((platform) => kindOf(platform) !== 'vm');
  if (others.length === scenario.platforms.length) return scenario;
  return (await probeKvm(probeContext(context))).usable ? scenario : { ...scenario, platforms: others };
}

async function runStep(
  { name }: SuiteStep,
  scenario: ResolvedScenario,
  { folder, seed, runScenario }: SuiteRun,
  context: CommandContext,
): Promise<RunRecord> {
  const own = join(folder, name);
  await mkdir(own, { recursive: true });
  return await runScenario(scenario, { folder: own, seed, commit: await commitOf(context) }, context);
}

/** Every step says how long the whole suite still takes. */
function logOfStep(log: Log, steps: readonly SuiteStep[], index: number): Log {
  const beganAt = performance.now();
  const seconds = steps.slice(index).reduce((sum, step) => sum + step.seconds, 0);
  const later = steps.slice(index + 1).reduce((sum, step) => sum + step.seconds, 0);
  return {
    ...log,
    progress(message) {
      if (message === '') return;
      // What a step takes longer than was thought does not make the later ones shorter.
      const left = Math.max(later, seconds - (performance.now() - beganAt) / 1000);
      const step = `${index + 1}/${steps.length} ${steps[index]?.name ?? ''}`;
      log.progress(`claims ${step}, about ${Math.max(1, Math.round(left / 60))} min left in all: ${message}`);
    },
  };
}
