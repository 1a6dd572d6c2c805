import { expect, test } from 'vitest';
import { shown } from '../../../runners/machine/shown.ts';

test.each([
  ['plain text, with umlauts: ü', '"plain text, with umlauts: ü"'],
  ['two\r\nlines\t', '"two\\r\\nlines\\t"'],
  ['"quotes" and \\', '"\\"quotes\\" and \\\\"'],
  ['\x1b[31mred\x07', '"\\x1b[31mred\\x07"'],
  ['\x9b2J\x7f\0', '"\\x9b2J\\x7f\\x00"'],
  ['\u202egnp.exe', '"\\u202egnp.exe"'],
  ['\ud800', '"\\ud800"'],
])('%j can be shown on a terminal', (text, wanted) => {
  expect(shown(text)).toBe(wanted);
});

test('what is too long is cut, and says so', () => {
  expect(shown('x'.repeat(100), 3)).toBe('"xxx"…');
});
