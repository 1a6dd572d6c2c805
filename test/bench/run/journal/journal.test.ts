import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openJournal } from '../../../../bench/run/journal/journal.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tare-journal-'));
  file = join(folder, 'events.ndjson');
});
afterEach(() => rm(folder, { recursive: true }));

const step = (block: number) => ({ type: 'step' as const, platform: 'runc', block, durationMs: 5 });

describe('the journal', () => {
  it('is on disk when write resolves, and is read again by the next opening', async () => {
    const journal = await openJournal(file);
    await journal.write(step(1));
    expect(await readFile(file, 'utf8')).toBe(`${JSON.stringify(step(1))}\n`);
    await journal.close();
    const again = await openJournal(file);
    expect(again.events).toEqual([step(1)]);
    await again.close();
  });

  it('drops a line that a kill cut off, and appends whole lines after it', async () => {
    await writeFile(file, `${JSON.stringify(step(1))}\n{"type":"st`);
    const journal = await openJournal(file);
    expect(journal.events).toEqual([step(1)]);
    await journal.write(step(2));
    await journal.close();
    expect(await readFile(file, 'utf8')).toBe(`${JSON.stringify(step(1))}\n${JSON.stringify(step(2))}\n`);
  });

  it('names file and line of an entry that is none', async () => {
    await appendFile(file, `${JSON.stringify(step(1))}\nnonsense\n`);
    await expect(openJournal(file)).rejects.toThrow(`${file}:2`);
  });

  it('keeps the order of writes that were not awaited', async () => {
    const journal = await openJournal(file);
    await Promise.all([1, 2, 3, 4, 5].map((block) => journal.write(step(block))));
    await journal.close();
    const blocks = (await readFile(file, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { block: number }).block);
    expect(blocks).toEqual([1, 2, 3, 4, 5]);
  });
});
