/** A folder of scenario files that is gone after the test, and what loading one of them says. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { builtInFolder, builtInNames, builtInWorkloads } from '../../scenarios/loader/built-in.ts';
import { ScenarioError } from '../../scenarios/loader/error.ts';
import { loadScenario } from '../../scenarios/loader/load.ts';
import { listMetrics, measureNames, type ResolvedMeasures } from '../../scenarios/measures/measures.ts';
import type { ResolvedScenario } from '../../scenarios/resolved.ts';

export function folderWith(files: Record<string, string | Buffer>): string {
  const folder = mkdtempSync(join(tmpdir(), 'tare-scenario-'));
  // With the test, not with the file: unit tests share this module, and a hook of it would be the first file's alone.
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

export function load(text: string, others: Record<string, string | Buffer> = {}): ResolvedScenario {
  return loadScenario('./s.yaml', { cwd: folderWith({ 's.yaml': text, ...others }) });
}

/** Lines of the error that loading ends with. */
export function mistakesOf(text: string | Buffer, others: Record<string, string | Buffer> = {}): string[] {
  const cwd = folderWith({ 's.yaml': text, ...others });
  return errorLines(() => loadScenario('./s.yaml', { cwd }));
}

export function errorLines(action: () => unknown): string[] {
  try {
    action();
  } catch (error) {
    if (error instanceof ScenarioError) return error.message.split('\n');
    throw error;
  }
  throw new Error('expected a ScenarioError, and nothing was wrong');
}

/** The options of a scenario that takes no measure at all. */
export const noMeasures = Object.fromEntries(
  measureNames.map((name) => [name, null]),
) as Partial<ResolvedMeasures> as ResolvedMeasures;

/** As messages list what there is. */
export const knownScenarios = builtInNames(builtInFolder()).join(', ');
export const knownWorkloads = [...builtInWorkloads(builtInFolder()).keys()].join(', ');
export const knownMetrics = listMetrics()
  .map(({ name }) => name)
  .join(', ');
