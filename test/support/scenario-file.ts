/** Scenario files for tests: the tiny payload with another command, so that nothing needs to be built again. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';

const workloads = fileURLToPath(new URL('../../scenarios/workloads/', import.meta.url));

export interface TestScenario {
  /** Changes to the tiny workload. */
  workload?: Record<string, unknown>;
  platforms: unknown[];
  measures?: Record<string, unknown>;
  more?: Record<string, unknown>;
}

/** Writes a scenario into the folder and returns its path. */
export async function writeScenario(folder: string, name: string, test: TestScenario): Promise<string> {
  const tiny = parse(await readFile(join(workloads, 'tiny.yaml'), 'utf8')) as {
    rootfs: { files: { from: string }[] };
  };
  // Inside a scenario file, paths are relative to that file; the tiny workload's own files stay where they are.
  tiny.rootfs.files = tiny.rootfs.files.map((file) => ({ ...file, from: join(workloads, file.from) }));
  const scenario = {
    name,
    workload: { ...tiny, ...test.workload },
    limits: { cpus: 1, memory: '64MiB' },
    platforms: test.platforms,
    measures: test.measures ?? { startup: { samples: 1 } },
    ...test.more,
  };
  const file = join(folder, `${name}.yaml`);
  await writeFile(file, stringify(scenario));
  return file;
}
