import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { html } from '../../reports/html/index.ts';
import { markup, scriptJson } from '../../reports/html/markup.ts';
import { makeRecord } from '../fixtures/records/make-record.ts';
import { hostileRecord, onlySkippedRecord, troubledRecord } from '../fixtures/records/odd-records.ts';

const render = (record: Parameters<typeof html.render>[0]): string =>
  html.render(record, { columns: 80, colour: false });

/** Without the libraries, so that a failure can be read. */
const body = (record: Parameters<typeof html.render>[0]): string => withoutScripts(render(record));

describe('html', () => {
  it('fetches nothing', () => {
    const page = body(makeRecord());
    expect([...page.matchAll(/(?:src|href)="([^"#][^"]*)"/g)].map((match) => match[1])).toEqual(['data:,']);
    expect(page).not.toMatch(/@import|url\(/);
  });

  it('allows the scripts it holds and no other', () => {
    const page = render(makeRecord());
    const hashes = [...page.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(
      (match) =>
        `'sha256-${createHash('sha256')
          .update(match[1] ?? '')
          .digest('base64')}'`,
    );
    const policy = (/Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? '').replaceAll(
      '&#39;',
      "'",
    );
    expect(hashes.length).toBeGreaterThan(3);
    expect(policy.split('script-src ')[1]).toBe(hashes.join(' '));
    expect(page.includes('sourceMappingURL')).toBe(false);
  });

  it('says in words what each figure is', () => {
    const record = makeRecord();
    const page = body(record);
    const definitions = new Set(record.results.map(({ definition }) => definition));
    for (const definition of definitions) expect(page).toContain(markup`${definition}`.text);
  });

  it('states emulation before any figure', () => {
    const page = body(makeRecord());
    expect(page.indexOf('software emulation (TCG)')).toBeLessThan(page.indexOf('<table'));
    expect(page.indexOf('software emulation (TCG)')).toBeGreaterThan(0);
  });

  it('shows gates, failures, findings and skipped platforms', () => {
    const page = body(troubledRecord());
    for (const id of ['gates', 'failures', 'skipped', 'fairness', 'machine'])
      expect(page).toContain(`<section id="${id}"`);
    expect(page).toContain('Booting from ROM...');
    expect(page).toContain('>unfair<');
  });

  it('leaves out what the record does not have', () => {
    const page = body(onlySkippedRecord());
    expect(page).not.toContain('<section id="gates"');
    expect(page).not.toContain('<canvas');
    expect(page).toContain('No platform was run.');
  });

  it('takes text from elsewhere as text', () => {
    const page = render(hostileRecord());
    expect(body(hostileRecord())).not.toContain('<img');
    expect(body(hostileRecord())).toContain('&#60;script&#62;window.attacked');
    expect(page.includes('<script>window.attacked')).toBe(false);
    const data =
      /<script type="application\/json" id="chart-data">([\s\S]*?)<\/script>/.exec(page)?.[1] ?? '';
    expect(JSON.stringify(JSON.parse(data))).toContain('</script>');
  });
});

describe('markup', () => {
  it('escapes text, keeps markup, and drops control characters', () => {
    const text = '"<&\'\u0007';
    const list = [markup`<i>`, markup`</i>`];
    expect(markup`<p title="${text}">${markup`<b>${1}</b>`}${null}${list}</p>`.text).toBe(
      '<p title="&#34;&#60;&#38;&#39; "><b>1</b><i></i></p>',
    );
  });

  it('writes JSON that no script element can be ended by', () => {
    expect(scriptJson({ a: '</script><!--\u2028' }).text).toBe('{"a":"\\u003c/script>\\u003c!--\\u2028"}');
  });
});

function withoutScripts(page: string): string {
  return page.replace(/<script[\s\S]*?<\/script>/g, '');
}
