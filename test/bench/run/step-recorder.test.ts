import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openJournal, type Journal } from '../../../bench/run/journal.ts';
import { stepRecorder } from '../../../bench/run/step-recorder.ts';

let folder: string;
let journal: Journal;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tare-recorder-'));
  journal = await openJournal(join(folder, 'events.ndjson'));
});
afterEach(async () => {
  await journal.close();
  await rm(folder, { recursive: true });
});

const recorder = (index: number) =>
  stepRecorder(journal, {
    platform: 'runc',
    block: { index, isWarmup: index === 0, steps: [] },
    instanceId: `runc-${index}`,
  });
const ready = { measure: 'startup', metric: 'startup.ready', value: 10 };
const samples = () => journal.events.flatMap((event) => (event.type === 'sample' ? [event] : []));

describe('the recorder of a step', () => {
  it('keeps the warm-up’s samples as excluded', async () => {
    await recorder(0).sample(ready);
    await recorder(1).sample(ready);
    expect(samples().map(({ sample }) => [sample.block, sample.excluded, sample.instance])).toEqual([
      [0, 'warm-up block', 'runc-0'],
      [1, undefined, 'runc-1'],
    ]);
  });

  it('does not repeat what a step had finished before it was cut off', async () => {
    await recorder(1).sample(ready);
    await recorder(1).sample({ ...ready, value: 99 });
    await recorder(1).sample({
      measure: 'memory',
      metric: 'memory.pss',
      lens: 'pss',
      condition: { state: 'rest' },
      value: 1,
    });
    await recorder(1).sample({
      measure: 'memory',
      metric: 'memory.pss',
      lens: 'pss',
      condition: { state: 'loaded' },
      value: 2,
    });
    await recorder(2).sample({ ...ready, value: 11 });
    expect(samples().map(({ metric, sample }) => [metric, sample.block, sample.value])).toEqual([
      ['startup.ready', 1, 10],
      ['memory.pss', 1, 1],
      ['memory.pss', 1, 2],
      ['startup.ready', 2, 11],
    ]);
  });

  it('knows whether the platform has said what it sees from inside', async () => {
    expect(recorder(0).knowsInside).toBe(false);
    await recorder(0).inside({ kernel: '6' });
    expect(recorder(1).knowsInside).toBe(true);
  });
});
