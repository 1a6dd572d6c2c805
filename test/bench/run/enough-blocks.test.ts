import { expect, it } from 'vitest';
import { decideSampling } from '../../../bench/run/enough-blocks.ts';
import type { JournalEvent } from '../../../bench/run/journal/journal.ts';

const starts = (platform: string, values: readonly number[]): JournalEvent[] =>
  values.map((value, at) => ({
    type: 'sample',
    platform,
    measure: 'startup',
    metric: 'startup.ready',
    lens: null,
    condition: {},
    definition: null,
    sample: { value, block: at, at: '', ...(at === 0 && { excluded: 'warm-up block' }) },
  }));

const steady = [900, 100, 101, 99, 100, 101, 99];
const wide = [900, 200, 260, 150, 210, 190, 230];
const subject = {
  platforms: ['process', 'steady', 'wide', 'dead'],
  baseline: 'process',
  rule: { min: 6, until: 0.05 },
  most: 30,
  seed: 1,
};

it('each platform gets as many as its ratio needs, the baseline as many as the most', () => {
  const events = [...starts('process', steady), ...starts('steady', steady), ...starts('wide', wide)];
  const sampling = decideSampling(events, subject);
  expect(sampling.map(({ platform, planned }) => [platform, planned])).toEqual([
    ['process', 30],
    ['steady', 6],
    ['wide', 30],
    ['dead', 30],
  ]);
  expect(sampling.map(({ why }) => why)).toEqual([
    'the baseline: as many as the most of the others',
    expect.stringMatching(/^±[\d.]+ % after 6 samples, narrower than ±5 %$/),
    expect.stringMatching(/^±[\d.]+ % after 6 samples: the most, 30, for ±5 %$/),
    'no interval after 6 samples: the most, 30',
  ]);
});

it('samples after the first do not count: a resumed run decides alike', () => {
  const events = [...starts('process', steady), ...starts('steady', steady)];
  const later = starts('steady', [...steady, 500, 5, 900]);
  const two = { ...subject, platforms: ['process', 'steady'] };
  expect(decideSampling([...starts('process', steady), ...later], two)).toEqual(decideSampling(events, two));
});

it('a platform alone is judged by the interval of its own median', () => {
  const [alone] = decideSampling(starts('wide', wide), { ...subject, platforms: ['wide'], baseline: 'wide' });
  expect(alone).toMatchObject({ platform: 'wide', planned: 30 });
  expect(alone?.width).toBeCloseTo((260 - 150) / 2 / 205);
});
