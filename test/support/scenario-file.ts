/** Scenario files for tests: the tiny payload with another command, so that nothing needs to be built again. */
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';
import { requireProgram } from '../../runners/machine/programs.ts';

const workloads = fileURLToPath(new URL('../../scenarios/workloads/', import.meta.url));

interface ExtraFile {
  /** From the scenario's folder on. */
  from: string;
  to: string;
  mode?: string;
}

export interface TestScenario {
  /**
   * Files beside the tiny workload's. The payload is then made of this machine's busybox: to fetch and unpack a package takes
   * most of the time that building another payload does.
   */
  files?: ExtraFile[];
  /** The built-in workload that is changed; without it tiny. */
  base?: string;
  /** Changes to that workload. */
  workload?: Record<string, unknown>;
  platforms: unknown[];
  measures?: Record<string, unknown>;
  more?: Record<string, unknown>;
}

/** Writes a scenario into the folder and returns its path. */
export async function writeScenario(folder: string, name: string, test: TestScenario): Promise<string> {
  const base = parse(await readFile(join(workloads, `${test.base ?? 'tiny'}.yaml`), 'utf8')) as {
    rootfs: { files: ExtraFile[] };
  };
  // Inside a scenario file, paths are relative to that file; the workload's own files stay where they are.
  base.rootfs.files = base.rootfs.files.map((file) => ({ ...file, from: join(workloads, file.from) }));
  const { files } = base.rootfs;
  const rootfs = test.files ? await withFiles([...files, ...test.files], join(folder, 'base')) : base.rootfs;
  const scenario = {
    name,
    workload: { ...base, rootfs, ...test.workload },
    limits: { cpus: 1, memory: '64MiB' },
    platforms: test.platforms,
    measures: test.measures ?? { startup: { samples: 1 } },
    ...test.more,
  };
  const file = join(folder, `${name}.yaml`);
  await writeFile(file, stringify(scenario));
  return file;
}

async function withFiles(files: ExtraFile[], path: string): Promise<object> {
  await mkdir(join(path, 'bin'), { recursive: true });
  await copyFile(await requireProgram('busybox'), join(path, 'bin', 'busybox'));
  return { from: 'directory', path, files };
}
