/** Finds, reads and resolves the workload of a scenario. */
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { check, label } from './check.ts';
import { ScenarioError } from './error.ts';
import type { Mistake } from './error.ts';
import { builtInWorkloads, isPath } from './built-in.ts';
import { placeholderMistakes } from './launch.ts';
import type { ResolvedReadiness, ResolvedWorkload } from '../resolved.ts';
import { resolveRootfs } from './rootfs.ts';
import { readSource, shownPath } from './source.ts';
import type { Path, Source } from './source.ts';
import { didYouMean } from './suggest.ts';
import { workloadSchema } from '../schema/workload-schema.ts';
import type { WorkloadFile } from '../schema/workload-schema.ts';
import { imageFields, imageSources } from '../schema/allowed-words.ts';
import type { ImageField } from '../schema/allowed-words.ts';

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
  const known = builtInWorkloads(folders.builtIn);
  const file = isPath(written) ? resolve(dirname(scenario.file), written) : known.get(written);
  if (file === undefined || !existsSync(file)) {
    const what =
      file === undefined
        ? `unknown workload ${JSON.stringify(written)}${didYouMean(written, [...known.keys()])}, or a path such as ./my-workload.yaml`
        : `no such file: ${shownPath(file, folders.cwd)}; expected a workload file, relative to this one`;
    mistakes.push(scenario.mistake(['workload'], `workload: ${what}`));
    return null;
  }
  try {
    const source = readSource(file, folders.cwd);
    const { value } = source;
    if (typeof value === 'object' && value !== null && 'platforms' in value) {
      mistakes.push(
        source.mistake([], 'this is a scenario, not a workload; name the workload that it runs instead'),
      );
      return null;
    }
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
  const launch = { command: data.command ?? [], environment: data.environment };
  const found = [...duplicateMarks(data), ...placeholderMistakes(launch)];
  const rootfs = resolveRootfs(data.rootfs, source.file, ({ path, message }) => {
    found.push({ path: ['rootfs', ...path], message });
  });
  for (const { path, message } of found) {
    const whole = [...at, ...path];
    mistakes.push(source.mistake(whole, `${label(whole)}${message}`));
  }
  if (mistakes.length > before) return null;
  return {
    name: data.name,
    description: data.description,
    file: source.file,
    rootfs,
    fromImage: leftToImage(data),
    launch,
    user: data.user ?? 'root',
    workdir: data.workdir ?? '/',
    box: {
      openFiles: data.nofile,
      seccomp: data.seccomp,
      shmSizeBytes: data['shm-size'],
      hostname: data.hostname,
    },
    port: data.port ?? 0,
    stopSignal: data['stop-signal'] ?? 'SIGTERM',
    ready: readiness(data),
    marks: data.marks,
    loadPath: data['load-path'] ?? (data.ready.by === 'http' ? data.ready.path : '/'),
    factsPath: data['facts-path'] ?? null,
    keepPath: data['keep-path'] ?? null,
    pushPath: data['push-path'] ?? null,
  };
}

/** The environment is always the image's, with the file's beside it. */
function leftToImage(data: WorkloadFile): ImageField[] {
  if (!(imageSources as readonly string[]).includes(data.rootfs.from)) return [];
  return imageFields.filter((field) => field === 'environment' || data[field] === undefined);
}

function readiness({ ready }: WorkloadFile): ResolvedReadiness {
  if (ready.by === 'exit') return { by: 'exit', status: ready.status, timeoutMs: ready.timeout };
  if (ready.by === 'tcp') {
    const { send = '', expect, timeout } = ready;
    return { by: 'tcp', exchange: expect === undefined ? null : { send, expect }, timeoutMs: timeout };
  }
  const { path, scheme, headers, status, redirects, body, timeout } = ready;
  return {
    by: 'http',
    path,
    status,
    bodyContains: body ?? null,
    timeoutMs: timeout,
    ...(scheme === 'https' ? { scheme, certificate: 'any' } : {}),
    ...(headers === undefined ? {} : { headers }),
    ...(redirects === 'follow' ? { redirects } : {}),
  };
}

function duplicateMarks(data: WorkloadFile): { path: Path; message: string }[] {
  return data.marks.flatMap(({ name }, index) => {
    if (data.marks.findIndex((mark) => mark.name === name) === index) return [];
    return [
      {
        path: ['marks', index, 'name'],
        message: `"${name}" is used twice; give each mark its own name`,
      },
    ];
  });
}
