/** What a picture shows of a chart. */
import { describe, expect, it } from 'vitest';
import { png } from '../../reports/html/slides.ts';
import { densityRecord } from '../fixtures/records/density-records.ts';
import { makeRecord } from '../fixtures/records/make-record.ts';

describe('the pictures of a run', () => {
  it('are one for each chart, named after it', () => {
    const names = png.pictures?.(makeRecord()).map(({ name }) => name) ?? [];
    expect(names).toEqual(expect.arrayContaining(['startup', 'phases', 'memory']));
    expect(new Set(names).size).toBe(names.length);
    expect(png.pictures?.(densityRecord()).map(({ name }) => name)).toContain('density-memory');
  });

  it('say what ran and that it was emulated, and have a chart without switches', () => {
    const [first] = png.pictures?.(makeRecord()) ?? [];
    expect(first?.html).toContain('software emulation (TCG)');
    expect(first?.html).toContain('tomcat · 10 samples');
    expect(first?.html).not.toContain('<fieldset');
  });
});
