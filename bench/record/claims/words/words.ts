/** Words of the claims report: one catalogue per language, with the same keys and the same places for figures. */
import { en } from './en.ts';
import { ko } from './ko.ts';

export const languages = ['en', 'ko'] as const;
export type Language = (typeof languages)[number];

/** The compiler finds a word that a language lacks. */
export type Word = keyof typeof en;
export const catalogues: Readonly<Record<Language, Readonly<Record<Word, string>>>> = { en, ko };

/** A sentence that is not put into a language yet. Figures and names in it are the same in all of them. */
export interface Text {
  word: Word;
  with?: Readonly<Record<string, Value>>;
}
/** A list is joined with commas. */
type Value = string | number | Text | readonly (string | Text)[];

export function text(word: Word, values: Readonly<Record<string, Value>> = {}): Text {
  return { word, with: values };
}

/** @throws Error where a value is missing that the sentence has a place for */
export function say({ word, with: values = {} }: Text, lang: Language): string {
  return catalogues[lang][word].replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`${word} has no value for {${name}}`);
    return valueText(value, lang);
  });
}

function valueText(value: Value, lang: Language): string {
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  if ('word' in value) return say(value, lang);
  return value.map((each) => valueText(each, lang)).join(', ');
}
