/** From a scenario's name or path to the complete resolved scenario, or to all of its mistakes at once. */
import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { z } from 'zod';
import { builtInFolder, builtInNames, isPath } from './built-in.ts';
import { check, label, quoted } from './check.ts';
import {
  measuresSchema,
  optionMistakes,
  resolveMeasures,
  takenMeasures,
  unsuitableMeasures,
} from '../measures/measures.ts';
import { ScenarioError } from './error.ts';
import type { Mistake } from './error.ts';
import { metricsOf, resolveGates } from './gates.ts';
import { checkGates } from './load-gates.ts';
import { limitProblem, missingFiles, resolvePlatform } from '../platforms/platforms.ts';
import type { ResolvedPlatform, ResolvedScenario, ResolvedWorkload } from '../resolved.ts';
import { scenarioSchema } from '../schema/scenario-schema.ts';
import { parseSource, readSource } from './source.ts';
import type { Source } from './source.ts';
import { sourcesOfSuite } from './suite.ts';
import { didYouMean } from './suggest.ts';
import { loadWorkload } from './workload.ts';

export interface LoadOptions {
  /** Relative paths are relative to it, and shown paths too. */
  cwd: string;
  /** Folder of the built-in scenarios; the program's own without it. */
  builtInFolder?: string;
}

/**
 * @param nameOrPath a built-in name, or the path of a file: it contains a slash or ends in .yaml or .yml
 * @throws ScenarioError with every mistake of the scenario and of its workload, and for a file with several workloads
 */
export function loadScenario(nameOrPath: string, options: LoadOptions): ResolvedScenario {
  const [scenario, another] = loadScenarios(nameOrPath, options);
  if (scenario === undefined || another !== undefined) {
    const message = `${nameOrPath} names several workloads; expected a scenario with one`;
    throw new ScenarioError([{ file: '', line: null, column: null, message }]);
  }
  return scenario;
}

/**
 * The same of a file that may name several workloads: a scenario for each, named `<file's name>-<workload>`.
 *
 * @throws ScenarioError with every mistake of the file and of the first workload that has any
 */
export function loadScenarios(nameOrPath: string, options: LoadOptions): ResolvedScenario[] {
  const builtIn = options.builtInFolder ?? builtInFolder();
  const source = readSource(scenarioFile(nameOrPath, options.cwd, builtIn), options.cwd);
  const parts = sourcesOfSuite(source);
  if (parts === null) return [resolveScenario(source, builtIn, options)];
  return parts.map((part) => {
    const scenario = resolveScenario(part, builtIn, options);
    return { ...scenario, name: `${scenario.name}-${scenario.workload.name}`, suite: scenario.name };
  });
}

/**
 * @param text what the file would hold
 * @param file absolute path that relative paths of the text are resolved by; it need not exist
 * @throws ScenarioError as loadScenario does
 */
export function loadScenarioText(text: string, file: string, options: LoadOptions): ResolvedScenario {
  const source = parseSource(text, file, options.cwd);
  return resolveScenario(source, options.builtInFolder ?? builtInFolder(), options);
}

function resolveScenario(source: Source, builtIn: string, options: LoadOptions): ResolvedScenario {
  refuseOtherKind(source);
  const mistakes: Mistake[] = [];
  const data = check(scenarioSchema, source.value, source, [], mistakes);
  checkReferences(source, mistakes);
  const written = keysOf(source.value)['workload'];
  // A workload written out in the scenario has been held against the schema with it, and is not complained of twice.
  const workload =
    data !== null || typeof written === 'string'
      ? loadWorkload(source, written, { cwd: options.cwd, builtIn }, mistakes)
      : null;
  if (data === null || workload === null || mistakes.length > 0) throw new ScenarioError(inOrder(mistakes));

  const limits = { cpus: data.limits.cpus, memoryBytes: data.limits.memory };
  const platforms = data.platforms.map((entry) =>
    resolvePlatform(entry, limits, workload, dirname(source.file)),
  );
  for (const [index, platform] of platforms.entries()) {
    const problem = limitProblem(platform);
    if (problem !== null)
      mistakes.push(source.mistake(['platforms', index], `platforms[${index}]: ${problem}`));
    for (const { key, path } of missingFiles(platform)) {
      const message = `platforms[${index}].${key}: no such file: ${path}; expected a path relative to this file`;
      mistakes.push(source.mistake(['platforms', index, key], message));
    }
  }
  const measures = resolveMeasures(measuresFile(source, data, workload));
  mistakes.push(...unsuitableFor(workload, { measures, platforms }, source));
  for (const { measure, mistake } of optionMistakes(measures, platforms)) {
    const whole = ['measures', measure, ...mistake.path];
    mistakes.push(source.mistake(whole, `${label(whole)}${mistake.message}`));
  }
  if (mistakes.length > 0) throw new ScenarioError(mistakes);
  return {
    name: data.name,
    description: data.description,
    file: source.file,
    workload,
    limits,
    baseline: data.baseline ?? defaultBaseline(platforms),
    platforms,
    measures,
    gates: resolveGates(data.gates, metricsOf(takenMeasures(measures))),
  };
}

/** What is measured of a workload where the file does not say it. */
function measuresFile(
  source: Source,
  { measures }: z.output<typeof scenarioSchema>,
  { ready }: ResolvedWorkload,
): z.output<typeof measuresSchema> {
  if (ready.by !== 'exit' || 'measures' in keysOf(source.value)) return measures;
  return measuresSchema.parse({ completion: {} });
}

/** What cannot be measured of this workload, and platforms that cannot run it. */
function unsuitableFor(
  workload: ResolvedWorkload,
  { measures, platforms }: Pick<ResolvedScenario, 'measures' | 'platforms'>,
  source: Source,
): Mistake[] {
  const ends = workload.ready.by === 'exit';
  const why = ends
    ? `workload ${workload.name} ends by itself (ready: { by: exit }) and is never asked anything; expected completion`
    : `workload ${workload.name} serves and does not end by itself; expected a workload with ready: { by: exit }`;
  const ofMeasures = unsuitableMeasures(measures, workload).map((name) =>
    source.mistake(['measures', name], `measures.${name}: ${why}`, 'key'),
  );
  const ofPlatforms = platforms.flatMap((platform, index) => {
    if (!ends || platform.runner !== 'qemu' || platform.options.start !== 'snapshot') return [];
    const message = `platforms[${index}]: there is no moment to take a snapshot of workload ${workload.name}, which ends by itself; expected start: boot`;
    return [source.mistake(['platforms', index], message)];
  });
  return [...ofMeasures, ...ofPlatforms];
}

/** Held against the schema of a scenario, a file of another kind would have a dozen mistakes, none of which says so. */
function refuseOtherKind(source: Source): void {
  const keys = keysOf(source.value);
  if ('platforms' in keys || 'workload' in keys || 'workloads' in keys) return;
  const refuse = (message: string): ScenarioError => new ScenarioError([source.mistake([], message)]);
  if ('rootfs' in keys || 'command' in keys) {
    const name = `./${basename(source.file)}`;
    throw refuse(
      `this is a workload, not a scenario; write a scenario beside it with "workload: ${name}" and "platforms: [process, runc]"`,
    );
  }
  if ('schemaVersion' in keys) {
    throw refuse(
      'this is the record of a run, not a scenario; "tare report" renders it, "tare compare" compares it',
    );
  }
}

export interface BuiltInScenario {
  name: string;
  description: string;
  file: string;
}

/** The scenarios that come with the program, by name. */
export function listBuiltIn(folder: string = builtInFolder()): BuiltInScenario[] {
  return builtInNames(folder).map((name) => {
    const [first] = loadScenarios(name, { cwd: folder, builtInFolder: folder });
    return { name, description: first?.description ?? '', file: first?.file ?? '' };
  });
}

function scenarioFile(nameOrPath: string, cwd: string, builtIn: string): string {
  if (isPath(nameOrPath)) return resolve(cwd, nameOrPath);
  const known = builtInNames(builtIn);
  if (known.includes(nameOrPath)) return join(builtIn, `${nameOrPath}.yaml`);
  const file = [nameOrPath, `${nameOrPath}.yaml`].find((name) => existsSync(resolve(cwd, name)));
  const remedy =
    file === undefined ? didYouMean(nameOrPath, known) : `; for the file of that name write ./${file}`;
  const message = `unknown scenario ${quoted(nameOrPath)}${remedy}`;
  throw new ScenarioError([{ file: '', line: null, column: null, message }]);
}

/** What only the whole file shows. It looks at the file's own data, so that it works beside mistakes of other kinds. */
function checkReferences(source: Source, mistakes: Mistake[]): void {
  const file = keysOf(source.value);
  const platforms = listOf(file['platforms']);
  const ids = platforms.map((entry) => (typeof entry === 'string' ? entry : keysOf(entry)['id']));
  for (const [index, id] of ids.entries()) {
    if (typeof id !== 'string' || ids.indexOf(id) === index) continue;
    const path = ['platforms', index, ...(typeof platforms[index] === 'string' ? [] : ['id'])];
    mistakes.push(
      source.mistake(
        path,
        `platforms[${index}]: id ${quoted(id)} is used twice; give each platform its own id`,
      ),
    );
  }
  const known = [...new Set(ids.filter((id) => typeof id === 'string'))];
  const { baseline } = file;
  if (typeof baseline === 'string' && !known.includes(baseline)) {
    const message = `baseline: unknown platform ${quoted(baseline)}${didYouMean(baseline, known)}`;
    mistakes.push(source.mistake(['baseline'], message));
  }
  const measures = Object.keys(keysOf(file['measures'] ?? { startup: {} }));
  checkGates(source, listOf(file['gates']), { platforms: known, metrics: metricsOf(measures) }, mistakes);
}

function defaultBaseline(platforms: readonly ResolvedPlatform[]): string {
  const baseline = platforms.find((platform) => platform.id === 'process') ?? platforms[0];
  if (!baseline) throw new Error('a scenario has at least one platform');
  return baseline.id;
}

function inOrder(mistakes: readonly Mistake[]): Mistake[] {
  const place = (mistake: Mistake): number => (mistake.line ?? 0) * 1e6 + (mistake.column ?? 0);
  const files = [...new Set(mistakes.map((mistake) => mistake.file))];
  return [...mistakes].sort((a, b) => files.indexOf(a.file) - files.indexOf(b.file) || place(a) - place(b));
}

function keysOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
