/** Finds, reads and resolves the workload of a scenario. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { check, label } from './check.ts';
import { ScenarioError } from './error.ts';
import type { Mistake } from './error.ts';
import { builtInNames, isPath } from './built-in.ts';
import { placeholderMistakes } from './launch.ts';
import type { ResolvedReadiness, ResolvedWorkload } from './resolved.ts';
import { readSource, shownPath } from './source.ts';
import type { Path, Source } from './source.ts';
import { didYouMean } from './suggest.ts';
import { workloadSchema } from './workload-schema.ts';
import type { WorkloadFile } from './workload-schema.ts';

/**
 * @param scenario source of the scenario; its key `workload` is what is resolved
 * @returns null after adding to `mistakes`; those of a workload file carry that file's name
 */
export function loadWorkload(
  scenario: Source,
  written: unknown,
  folders: { cwd: string; builtIn: string },
  mistakes: Mistake[],
): ResolvedWorkload | null {
  if (typeof written !== 'string') return resolveWorkload(scenario, written, ['workload'], mistakes);
  const file = isPath(written)
    ? resolve(dirname(scenario.file), written)
    : join(folders.builtIn, 'workloads', `${written}.yaml`);
  if (!existsSync(file)) {
    const known = builtInNames(join(folders.builtIn, 'workloads'));
    const what = isPath(written)
      ? `no such file: ${shownPath(file, folders.cwd)}; expected a workload file, relative to this one`
      : `unknown workload ${JSON.stringify(written)}${didYouMean(written, known)}, or a path such as ./my-workload.yaml`;
    mistakes.push(scenario.mistake(['workload'], `workload: ${what}`));
    return null;
  }
  try {
    const source = readSource(file, folders.cwd);
    return resolveWorkload(source, source.value, [], mistakes);
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    mistakes.push(...error.mistakes);
    return null;
  }
}

function resolveWorkload(
  source: Source,
  value: unknown,
  at: Path,
  mistakes: Mistake[],
): ResolvedWorkload | null {
  const before = mistakes.length;
  const data = check(workloadSchema, value, source, at, mistakes);
  if (data === null) return null;
  const launch = { command: data.command, environment: data.environment };
  const found = [...missingFiles(data, source), ...duplicateMarks(data), ...placeholderMistakes(launch)];
  for (const { path, message } of found) {
    const whole = [...at, ...path];
    mistakes.push(source.mistake(whole, `${label(whole)}${message}`));
  }
  if (mistakes.length > before) return null;
  return {
    name: data.name,
    description: data.description,
    file: source.file,
    rootfs: {
      from: data.rootfs.from,
      suite: data.rootfs.suite,
      variant: data.rootfs.variant,
      packages: data.rootfs.packages,
      mirror: data.rootfs.mirror ?? null,
      files: data.rootfs.files.map((file) => ({
        from: resolve(dirname(source.file), file.from),
        to: file.to,
        mode: Number.parseInt(file.mode, 8),
        owner: file.owner,
      })),
      remove: data.rootfs.remove,
    },
    launch,
    user: data.user,
    workdir: data.workdir,
    port: data.port,
    stopSignal: data['stop-signal'],
    ready: readiness(data),
    marks: data.marks,
    loadPath: data['load-path'] ?? (data.ready.by === 'http' ? data.ready.path : '/'),
    factsPath: data['facts-path'] ?? null,
  };
}

function readiness({ ready }: WorkloadFile): ResolvedReadiness {
  if (ready.by === 'tcp') return { by: 'tcp', timeoutMs: ready.timeout };
  const { path, status, body, timeout } = ready;
  return { by: 'http', path, status, bodyContains: body ?? null, timeoutMs: timeout };
}

function missingFiles(data: WorkloadFile, source: Source): { path: Path; message: string }[] {
  return data.rootfs.files.flatMap(({ from }, index) => {
    if (existsSync(resolve(dirname(source.file), from))) return [];
    const message = `no such file or folder: ${from}; expected a path relative to this file`;
    return [{ path: ['rootfs', 'files', index, 'from'], message }];
  });
}

function duplicateMarks(data: WorkloadFile): { path: Path; message: string }[] {
  return data.marks.flatMap(({ name }, index) => {
    if (data.marks.findIndex((mark) => mark.name === name) === index) return [];
    return [
      {
        path: ['marks', index, 'name'],
        message: `"${name}" stands twice; expected a name of its own for each mark`,
      },
    ];
  });
}
