/** The README in two languages: one screen each, the same commands, pictures and links, and nothing that is not there. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const read = (name: string): string => readFileSync(join(root, name), 'utf8');
const english = read('README.md');
const korean = read('README.ko.md');

/** Lines of code, without what a comment says. */
const code = (text: string): string[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('    '))
    .map((line) => line.replace(/ +# .*$/, '').trim());
const words = (text: string): string[] => [...text.matchAll(/`[^`\n]+`/g)].map(([word]) => word);
const targets = (text: string): string[] =>
  [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, target = '']) => target);

describe('README.md and README.ko.md', () => {
  it('have the same commands and the same table', () => {
    expect(code(english).length).toBeGreaterThan(5);
    expect(code(korean)).toEqual(code(english));
    expect(words(korean)).toEqual(expect.arrayContaining(words(english)));
  });

  it('have the same links in the same order, but for the one to each other', () => {
    const own = (target: string): boolean => target === 'README.ko.md' || target === 'README.md';
    expect(targets(korean).filter((target) => !own(target))).toEqual(
      targets(english).filter((target) => !own(target)),
    );
    expect(targets(english)).toContain('README.ko.md');
    expect(targets(korean)).toContain('README.md');
  });

  it('are one screen', () => {
    for (const text of [english, korean]) expect(text.split('\n').length).toBeLessThanOrEqual(60);
  });
});

describe.each(['README.md', 'README.ko.md', 'docs/README.md', 'examples/README.md'])(
  'The links of %s',
  (page) => {
    it('lead to files that are there', () => {
      const files = targets(read(page))
        .filter((target) => !/^https?:/.test(target))
        .map((target) => join(dirname(page), target.replace(/#.*$/, '')));
      expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
    });
  },
);
