import { describe, expect, it } from 'vitest';
import type { HistorySeries, RunHistory } from '../../../bench/record/history.ts';
import { sparkline } from '../../../reports/history/sparkline.ts';
import { historyTerminal } from '../../../reports/history/terminal.ts';

const series = (more: Partial<HistorySeries>): HistorySeries => ({
  group: 0,
  platform: 'runc',
  accel: 'none',
  metric: 'startup.ready',
  condition: {},
  unit: 'ms',
  better: 'lower',
  points: [0, 1, 2].map((run) => ({ run, n: 6, median: 2000 + 100 * run, ciLow: null, ciHigh: null })),
  changes: [],
  ...more,
});
const history = (...list: HistorySeries[]): RunHistory => ({
  historyVersion: 1,
  level: 0.01,
  runs: [1, 2, 3].map((day) => ({
    id: `run-${day}`,
    startedAt: `2026-01-0${day}T00:00:00.000Z`,
    commit: null,
    host: 'Xeon',
  })),
  groups: [{ scenario: 'tomcat', hostClass: 'xeon', host: 'Xeon \u001b[31m' }],
  series: list,
  unreadable: [],
});
const shown = (columns: number, ...list: HistorySeries[]): string =>
  historyTerminal.render(history(...list), { columns, colour: false });

describe('the history on the terminal', () => {
  it('has a row per figure, and makes room on a narrow one', () => {
    expect(shown(100, series({}))).toMatch(/^runc +startup\.ready +3 +2\.00 s +2\.20 s +\+10 % +▁▅█$/m);
    expect(shown(60, series({}))).toMatch(/^runc +startup\.ready +3 +2\.00 s +2\.20 s +\+10 %$/m);
    expect(shown(30, series({})).replace(/\s+/g, ' ')).toContain(
      'runc: startup.ready: 2.00 s, now 2.20 s (+10 %, 3 runs)',
    );
    for (const columns of [30, 60, 100]) {
      expect(
        shown(columns, series({}))
          .split('\n')
          .every((line) => line.length <= columns),
      ).toBe(true);
    }
  });

  it('says which way a figure has gone, with or without a ratio and a commit', () => {
    const change = { point: 1, p: 0.005, before: 2000, after: 1000, ratio: 0.5 };
    expect(shown(200, series({ changes: [change] }))).toContain(
      'runc: startup.ready is 50 % faster since 2026-01-02 (run-2): 2.00 s before, 1.00 s after (p = 0.005).',
    );
    const fromZero = { ...change, before: 0, ratio: null };
    expect(
      shown(200, series({ accel: 'tcg', metric: 'image.x', unit: 'bytes', changes: [fromZero] })),
    ).toContain('runc (TCG): image.x is 1000 B larger since 2026-01-02');
  });

  it('works with one run, and lets nothing through that would colour the screen', () => {
    const one = shown(100, series({ points: [{ run: 0, n: 1, median: 5, ciLow: null, ciHigh: null }] }));
    expect(one).toMatch(/^runc +startup\.ready +1 +5\.00 ms +5\.00 ms +– +▁$/m);
    expect(one).not.toContain('\u001b');
  });
});

describe('sparkline', () => {
  it('spans from the lowest to the highest, and takes means of what does not fit', () => {
    expect(sparkline([1, 2, 3], 10)).toBe('▁▅█');
    expect(sparkline([7, 7], 10)).toBe('▁▁');
    expect(sparkline([0, 0, 8, 8, 4, 4], 3)).toBe('▁█▅');
  });
});
