import { describe, expect, test } from 'vitest';
import { catalogues, languages, say, text, type Word } from '../../../../bench/record/claims/words/words.ts';

const words = Object.keys(catalogues.en) as Word[];
const places = (sentence: string): string[] => [...new Set(sentence.match(/\{\w+\}/g))].sort();

describe.each(languages)('The catalogue "%s"', (lang) => {
  test('has every word, with places for the same figures', () => {
    expect(Object.keys(catalogues[lang]).sort()).toEqual([...words].sort());
    const other = words.filter(
      (word) => String(places(catalogues[lang][word])) !== String(places(catalogues.en[word])),
    );
    expect(other).toEqual([]);
    expect(words.filter((word) => catalogues[lang][word].trim() === '')).toEqual([]);
  });

  test('names the same numbers', () => {
    const numbers = (sentence: string): string[] => sentence.match(/\d+(?:\.\d+)?/g)?.sort() ?? [];
    // The sentence itself, its parts and its limits; elsewhere a number may be a word.
    const exact = words.filter((word) => /^(part|claim|page)\./.test(word));
    const other = exact.filter(
      (word) => String(numbers(catalogues[lang][word])) !== String(numbers(catalogues.en[word])),
    );
    expect(other).toEqual([]);
  });
});

test('Korean is not English left over', () => {
  const isHangul = /\p{Script=Hangul}/u;
  const plain = (sentence: string): string => sentence.replace(/\{\w+\}/g, '').replace(/[\s–:;(),.]+/g, '');
  const left = words.filter(
    (word) => /[a-z]{3}/i.test(plain(catalogues.ko[word])) && !isHangul.test(catalogues.ko[word]),
  );
  expect(left).toEqual([]);
});

describe('say', () => {
  test('joins a list, and says sentences within sentences', () => {
    const limit = text('limit.atMost', { value: '1 s' });
    expect(say(text('because.list', { values: ['a 1', 'b 2'], limit }), 'en')).toBe('a 1, b 2 (at most 1 s)');
    expect(say(text('because.list', { values: ['a 1'], limit }), 'ko')).toBe('a 1 (기준: 1 s 이하)');
  });

  test('finds a value that is missing', () => {
    expect(() => say(text('limit.atMost'), 'en')).toThrow('{value}');
  });
});
