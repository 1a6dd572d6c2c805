import { expect, test } from 'vitest';
import { ignoring } from '../../../../runners/payload/source/ignore-file.ts';

test.each<[string, string, boolean]>([
  ['.git', '.git', true],
  ['.git', '.git/objects/sock', true],
  ['.git', 'sub/.git', false],
  ['/.git/', '.git/config', true],
  ['**/.git', 'a/b/.git/x', true],
  ['**/.git', '.git', true],
  ['*.log', 'a.log', true],
  ['*.log', 'sub/a.log', false],
  ['**/*.log', 'sub/deep/a.log', true],
  ['a/**', 'a/b/c', true],
  ['a/**/c', 'a/c', true],
  ['a/**/c', 'a/x/y/c/z', true],
  ['file?.txt', 'file1.txt', true],
  ['file?.txt', 'file/.txt', false],
  ['file[0-9]', 'file7', true],
  ['file[^0-9]', 'file7', false],
  ['a\\*b', 'a*b', true],
  ['a\\*b', 'axb', false],
  ['a.b', 'axb', false],
  ['./x/../y', 'y/z', true],
  ['# comment\n\n  spaced  ', 'spaced', true],
  ['*\n!kept', 'kept/inside', false],
  ['*\n!kept\nkept/not', 'kept/not', true],
  ['!kept\n*', 'kept', true],
  ['', 'anything', false],
  ['grüße', 'grüße', true],
])('%j on %s: %s', (text, path, isLeftOut) => {
  expect(ignoring(text)(path)).toBe(isLeftOut);
});
