/** The log of an instance that says most about a failure, and its last words. */
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { lastWords } from '../../../runners/shared/last-words.ts';

const keptLines = 15;
/** A log may have hundreds of megabytes. */
const tailBytes = 256 * 1024;
/** What the workload printed; for a VM: its console. Others are the engine's, the runtime's or the VMM's. */
const workloadLogs = ['output.log', 'console.log'];

export interface LogExcerpt {
  /** Null: nothing was logged. */
  file: string | null;
  lines: string[];
}

/** The workload's own log; only where that is empty, the longest of those who started it. */
export async function excerptOf(folder: string): Promise<LogExcerpt> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  // Folders are of the instances that a measure has started beside this one.
  const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  const files = await Promise.all(
    names.map(async (name) => ({ name, size: await sizeOf(join(folder, name)) })),
  );
  const written = files.filter(({ size }) => size > 0).sort((a, b) => b.size - a.size);
  const chosen = written.find(({ name }) => workloadLogs.includes(name)) ?? written[0] ?? files[0];
  if (!chosen) return { file: null, lines: [] };
  const file = join(folder, chosen.name);
  return { file, lines: lastWords(await tailOf(file, chosen.size), keptLines) };
}

function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}

async function tailOf(file: string, size: number): Promise<string[]> {
  const handle = await open(file).catch(() => null);
  if (handle === null) return [];
  try {
    const position = Math.max(0, size - tailBytes);
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(tailBytes), position });
    return buffer.subarray(0, bytesRead).toString().split(/\r?\n/);
  } finally {
    await handle.close();
  }
}
