import { Command, type Option } from '@commander-js/extra-typings';
import { describe, expect, it } from 'vitest';
import { columnsOption, widthOption } from '../../../bench/cli/options.ts';

/** As on a command line of its own. */
function parse(option: Option, text: string): unknown {
  const command = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  const given: Record<string, unknown> = command
    .addOption(option)
    .parse(['--columns', text], { from: 'user' })
    .opts();
  return given['columns'];
}

describe('--columns', () => {
  it('is a width, or names of columns in the order that is wanted', () => {
    expect(parse(columnsOption, '60')).toEqual({ width: 60, names: null });
    expect(parse(columnsOption, 'memory,ready')).toEqual({ width: null, names: ['memory', 'ready'] });
    expect(parse(columnsOption, 'figure2')).toEqual({ width: null, names: ['figure2'] });
  });

  it.each([
    ['foo', 'There is no column "foo"; expected a width, or some of ready, work, ratio,'],
    ['ready,foo', 'There is no column "foo"'],
    ['figure0', 'There is no column "figure0"'],
    ['', 'A name is empty.'],
    ['39', '40'],
    ['60x', '40'],
  ])('refuses %j, and says what would be right', (text, words) => {
    expect(() => parse(columnsOption, text)).toThrow(words);
  });

  it('is a width alone where a table has no such columns', () => {
    expect(() => parse(widthOption, 'ready')).toThrow('40');
  });
});
