import { describe, expect, it } from 'vitest';
import { createTerminalLog, type TerminalLogOptions } from '../../../../bench/cli/output/terminal-log.ts';
import { textStream } from '../../../support/context.ts';

/** A log on a stream of text, with a clock that the test moves. */
function make(options: Partial<TerminalLogOptions>) {
  const { stream, text } = textStream();
  const clock = { ms: 0 };
  const log = createTerminalLog({ stream, columns: null, level: 'normal', now: () => clock.ms, ...options });
  return { log, text, clock };
}

describe('log without a terminal', () => {
  it('writes each step on a line of its own, with the time since the start', () => {
    const { log, text, clock } = make({});
    log.progress('building the payload');
    clock.ms = 125_000;
    log.progress('block 1 of 5');
    log.progress('');
    log.debug('hidden');
    expect(text()).toBe('[0 s] building the payload\n[2:05 min] block 1 of 5\n');
  });

  it('shows warnings only with -q, and what happens inside with -v', () => {
    const quiet = make({ level: 'quiet' });
    quiet.log.progress('step');
    quiet.log.warn('swap is on');
    expect(quiet.text()).toBe('warning: swap is on\n');
    const verbose = make({ level: 'verbose', columns: 80 });
    verbose.log.progress('step');
    verbose.log.debug('detail');
    expect(verbose.text()).toBe('[0 s] step\n[0 s] detail\n');
  });
});

describe('log on a terminal', () => {
  it('keeps one live line, cut to the width, and makes room for warnings and output', () => {
    const { log, text, clock } = make({ columns: 30 });
    log.progress('a step with a name that is longer than the terminal');
    clock.ms = 3000;
    log.warn('look');
    log.progress('');
    const lines = text().split('\r\u001b[K');
    expect(lines[1]).toBe('0 s  a step with a name that ');
    expect(lines[2]).toBe('warning: look\n');
    expect(lines[3]).toMatch(/^3 s {2}a step/);
    expect(lines[4]).toBe('');
    expect(text().endsWith('\r\u001b[K')).toBe(true);
  });
});

describe('lines that are kept in sight', () => {
  it('stand above the live line, are drawn again below a warning, and go when nothing is waited for', () => {
    const { log, text } = make({ columns: 40 });
    log.progress('block 1');
    log.live?.(['platform  ready', 'runc      40 ms']);
    const before = text().length;
    log.warn('swap is on');
    const after = text().slice(before);
    // Up two lines, everything below erased, the warning, then the table again.
    expect(after).toBe(
      '\r\u001b[2A\u001b[J\r\u001b[Kwarning: swap is on\n\r\u001b[Kplatform  ready\nrunc      40 ms\n0 s  block 1 (0 s)',
    );
    log.live?.([]);
    log.progress('');
    expect(text().endsWith('\r\u001b[K')).toBe(true);
  });

  it('are none without a terminal', () => {
    expect(make({}).log.live).toBeNull();
    expect(make({ columns: 80, level: 'quiet' }).log.live).toBeNull();
  });
});
