import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closest, didYouMean } from '../../../scenarios/loader/suggest.ts';

const known = ['platforms', 'measures', 'limits', 'vm', 'runc'];

describe('the closest known word', () => {
  it.each([
    ['platfroms', 'platforms'],
    ['platform', 'platforms'],
    ['Measures', 'measures'],
    ['limts', 'limits'],
    ['rnuc', 'runc'],
    ['vmm', 'vm'],
  ])('%s -> %s', (word, expected) => {
    expect(closest(word, known)).toBe(expected);
  });

  it.each(['density', 'xx', '', 'x'.repeat(100_000)])('nothing resembles %.20j', (word) => {
    expect(closest(word, known)).toBeNull();
  });

  it('finds a word after any one letter was left out', () => {
    fc.assert(
      fc.property(fc.constantFrom('platforms', 'measures', 'limits'), fc.nat(), (word, seed) => {
        const at = seed % word.length;
        expect(closest(word.slice(0, at) + word.slice(at + 1), known)).toBe(word);
      }),
    );
  });
});

it('says what is known with and without a suggestion', () => {
  expect(didYouMean('limts', ['limits', 'gates'])).toBe('; did you mean "limits"? known here: limits, gates');
  expect(didYouMean('density', ['limits', 'gates'])).toBe('; known here: limits, gates');
});
