import { describe, expect, it } from 'vitest';
import { bracketed, pressure } from '../../../bench/run/host-facts.ts';
import { parseFacts } from '../../../bench/run/sample.ts';

describe('facts seen from inside', () => {
  it('are key=value lines, whatever stands around them', () => {
    const body = 'jvmArguments=-Xmx256m -Da=b\r\n\n<html>\nkernel=6.1\nempty=\nno value here\n';
    expect(parseFacts(body)).toEqual({ jvmArguments: '-Xmx256m -Da=b', kernel: '6.1', empty: '' });
  });
});

describe('host facts', () => {
  it('read the chosen word, and the word itself where none is chosen', () => {
    expect(bracketed('always [madvise] never')).toBe('madvise');
    expect(bracketed('unknown')).toBe('unknown');
  });

  it('read pressure, and say null where the kernel has none', () => {
    expect(pressure('some avg10=12.50 avg60=1.00 avg300=0.00 total=5')).toBe(12.5);
    expect(pressure('unknown')).toBeNull();
  });
});
