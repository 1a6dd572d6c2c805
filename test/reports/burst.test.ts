import { expect, it } from 'vitest';
import type { RunRecord } from '../../bench/record/schema.ts';
import { html } from '../../reports/html/index.ts';
import { markdown } from '../../reports/markdown.ts';
import { terminal } from '../../reports/terminal.ts';
import { limitOf } from '../../reports/measures/burst.ts';
import { claimRecord, runc, type Figures } from '../fixtures/claims/claim-record.ts';

function burstOf(figures: readonly (readonly [metric: string, value: number, lens?: string])[]): RunRecord {
  const all = figures.map(([metric, value, lens]): Figures => {
    const condition = { instances: 8 };
    return { platform: runc, metric, values: [value], condition, ...(lens === undefined ? {} : { lens }) };
  });
  return claimRecord(all);
}

it('CPUs that are busy all the time are the limit', () => {
  const record = burstOf([
    ['burst.success', 1],
    ['burst.busy', 0.97],
    ['burst.stalled', 0.99, 'cpu'],
    ['burst.stalled', 0.01, 'io'],
  ]);
  expect(limitOf(record, 'runc')).toBe('8 at once: the CPUs, which were busy for 97 % of the time');
});

it('a disk or a memory that starts wait for most of the time comes before busy CPUs', () => {
  const record = burstOf([
    ['burst.success', 1],
    ['burst.busy', 0.97],
    ['burst.stalled', 0.6, 'io'],
  ]);
  expect(limitOf(record, 'runc')).toBe('8 at once: io, which some task waited for in 60 % of the time');
});

it('idle CPUs with nothing to wait for mean that starts wait for each other', () => {
  const record = burstOf([
    ['burst.success', 1],
    ['burst.busy', 0.4],
  ]);
  expect(limitOf(record, 'runc')).toContain('neither CPUs (busy for 40 % of the time)');
});

it('starts that fail are named before any resource', () => {
  const record = burstOf([
    ['burst.success', 0.75],
    ['burst.busy', 1],
  ]);
  expect(limitOf(record, 'runc')).toBe('8 at once: only 75 % of the starts succeeded');
  expect(limitOf(record, 'docker')).toBeNull();
});

it('every report says in words what the limit was', () => {
  const record = burstOf([
    ['burst.success', 1],
    ['burst.busy', 0.97],
  ]);
  const options = { columns: 60, colour: false, show: null };
  const limit = /What limited the largest burst[\s\S]*8 at once: the CPUs, which were busy for\s+97 %/;
  for (const reporter of [terminal, markdown, html]) {
    expect(reporter.render(record, options)).toMatch(limit);
  }
});

it('recovery has its column beside that of the burst, with yes and no', () => {
  const condition = { fault: 'kill', mechanism: 'none' };
  const record = claimRecord([
    { platform: runc, metric: 'burst.ready', values: [900], condition: { instances: 8, clock: 'request' } },
    { platform: runc, metric: 'recovery.default', values: [0], condition },
  ]);
  const text = terminal.render(record, { columns: 80, colour: false, show: null });
  expect(text).toMatch(/burst of 8 .*back after kill/);
  expect(text).toMatch(/runc +900 .* no$/m);
});
