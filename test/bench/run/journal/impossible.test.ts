import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { impossibility } from '../../../../bench/run/journal/impossible.ts';
import { openJournal } from '../../../../bench/run/journal/journal.ts';

const of = (metric: string, value: number, earliest?: number): string | null =>
  impossibility({ metric, lens: null, value, earliest });

describe('a figure that cannot be', () => {
  it.each([
    ['startup.ready', -1],
    ['startup.ready', 0],
    ['startup.phase.launch', -0.001],
    ['stop.graceful', -311],
    ['stop.released', -1],
    ['cpu.ready', -1],
    ['memory.pss', 0],
    ['memory.rss', 0],
    ['memory.uss', 0],
    ['memory.cgroup', 0],
    ['memory.workingset', -4096],
    ['memory.guest', 0],
    ['image.transfer', -1],
    ['startup.ready', Number.NaN],
    ['memory.host', Infinity],
  ])('is a %s of %f', (metric, value) => {
    expect(of(metric, value)).toContain(metric);
  });

  it('is an end before its begin', () => {
    expect(of('startup.ready', 10, 11)).toContain('before it begins');
    expect(of('startup.ready', 10, Number.NaN)).toContain('not a number');
  });

  it.each([
    ['startup.ready', 0.4],
    ['startup.phase.unexplained', 0],
    ['memory.host', -4096],
    ['memory.unclaimed', -4096],
    ['image.marginal', 0],
    ['memory.part', 0],
  ])('is not a %s of %f', (metric, value) => {
    expect(of(metric, value)).toBeNull();
  });

  it('is refused by the journal, whoever writes it, with everything that came with it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tare-impossible-'));
    const file = join(folder, 'events.ndjson');
    const journal = await openJournal(file);
    const base = { platform: 'runc', measure: 'stop', lens: null, condition: {}, definition: null } as const;
    const sample = (value: number) => ({
      ...base,
      type: 'sample' as const,
      metric: 'stop.kill',
      sample: { value, block: 1, at: '' },
    });
    await expect(journal.write(sample(1), sample(-1))).rejects.toMatchObject({ code: 'impossible-value' });
    await journal.write(sample(2));
    await journal.close();
    expect((await readFile(file, 'utf8')).trim().split('\n')).toHaveLength(1);
    expect(journal.events).toHaveLength(1);
    await rm(folder, { recursive: true });
  });
});
