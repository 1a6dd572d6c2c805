/** Samples of others that are imported into a folder of the test's own. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { importCommand, type ImportOptions } from '../../bench/cli/commands/import.ts';
import type { RunRecord } from '../../bench/record/schema.ts';
import { readRecord } from '../../bench/store/read-record.ts';
import { testContext } from './context.ts';

export interface Imports {
  folder: string;
  /** @returns name of the run's folder */
  imported(csv: string, options?: Partial<ImportOptions>): Promise<string>;
  importText(text: string, options?: Partial<ImportOptions>): Promise<RunRecord>;
  /** @returns name of the file */
  gatesFile(text: string): Promise<string>;
  remove(): Promise<void>;
}

export const importFixture = (name: string): string =>
  fileURLToPath(new URL(`../fixtures/import/${name}`, import.meta.url));

export async function openImports(): Promise<Imports> {
  const folder = await mkdtemp(join(tmpdir(), 'tare-import-'));
  let count = 0;
  const imported: Imports['imported'] = async (csv, options = {}) => {
    const out = `run-${(count += 1)}`;
    await importCommand({ csv, out, name: 'imported', ...options }, testContext(folder));
    return out;
  };
  return {
    folder,
    imported,
    importText: async (text, options = {}) => {
      await writeFile(join(folder, 'given.csv'), text);
      return await readRecord(join(folder, await imported('given.csv', options), 'run.json'));
    },
    gatesFile: async (text) => {
      await writeFile(join(folder, 'gates.yaml'), text);
      return 'gates.yaml';
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
