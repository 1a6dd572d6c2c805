import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openJournal, type Journal } from '../../../../bench/run/journal/journal.ts';
import {
  finishedFigures,
  stepRecorder,
  type StepRecorder,
} from '../../../../bench/run/journal/step-recorder.ts';

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

const recorder = (index: number): StepRecorder =>
  stepRecorder(
    journal,
    {
      platform: 'runc',
      block: { index, isWarmup: index === 0, steps: [] },
      instanceId: `runc-${index}`,
    },
    finishedFigures(journal.events),
  );
const ready = { measure: 'startup', metric: 'startup.ready', value: 10 };
const memory = { measure: 'memory', metric: 'memory.pss', lens: 'pss' };
const samples = () => journal.events.flatMap((event) => (event.type === 'sample' ? [event] : []));

describe('the recorder of a step', () => {
  it('keeps the warm-up’s samples as excluded', async () => {
    for (const index of [0, 1]) {
      const step = recorder(index);
      step.sample(ready);
      await step.commit();
    }
    expect(samples().map(({ sample }) => [sample.block, sample.excluded, sample.instance])).toEqual([
      [0, 'warm-up block', 'runc-0'],
      [1, undefined, 'runc-1'],
    ]);
  });

  it('writes nothing before it is certain that the figures count, and then all of them', async () => {
    const step = recorder(1);
    step.sample(ready);
    step.marks({ spawned: 1 });
    expect(journal.events).toEqual([]);
    await step.commit();
    await step.commit();
    expect(journal.events.map(({ type }) => type)).toEqual(['sample', 'marks']);
  });

  it('does not repeat what a step had finished before it was cut off', async () => {
    const first = recorder(1);
    first.sample(ready);
    await first.commit();
    const second = recorder(1);
    second.sample({ ...ready, value: 99 });
    second.sample({ ...memory, condition: { state: 'rest' }, value: 1 });
    second.sample({ ...memory, condition: { state: 'loaded' }, value: 2 });
    await second.commit();
    const third = recorder(2);
    third.sample({ ...ready, value: 11 });
    await third.commit();
    expect(samples().map(({ metric, sample }) => [metric, sample.block, sample.value])).toEqual([
      ['startup.ready', 1, 10],
      ['memory.pss', 1, 1],
      ['memory.pss', 1, 2],
      ['startup.ready', 2, 11],
    ]);
  });

  it('knows whether the platform has said what it sees from inside', async () => {
    const step = recorder(0);
    expect(step.knowsInside).toBe(false);
    step.inside({ kernel: '6' });
    await step.commit();
    expect(recorder(1).knowsInside).toBe(true);
  });
});
