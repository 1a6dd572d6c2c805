import { describe, expect, it } from 'vitest';
import { commands } from '../../../bench/cli/commands.ts';
import { createProgram } from '../../../bench/cli/program.ts';

const tools = { act: () => Promise.resolve(), wholeProgram: () => Promise.reject(new Error('not here')) };

describe('the program', () => {
  it('lists commands as their files define them, though it does not load them', async () => {
    const whole = await createProgram(Object.keys(commands), tools);
    const signs = whole.commands.map(({ registeredArguments }) =>
      registeredArguments
        .map((argument) => {
          const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
          return argument.required ? `<${name}>` : `[${name}]`;
        })
        .join(' '),
    );
    expect(signs).toEqual(Object.values(commands).map(({ takes }) => takes));
    const listing = (await createProgram([], tools)).helpInformation();
    expect(listing).toBe(whole.helpInformation());
    expect(listing).toMatch(/^ {2}compare \[options\] <run\.\.\.> +the difference between runs/m);
    expect(listing).toMatch(/^ {2}help \[command\] +help on a command/m);
  });

  it('loads the options of the command that is named, and of no other', async () => {
    const program = await createProgram(['check', 'last'], tools);
    const flags = (name: string): number =>
      program.commands.find((command) => command.name() === name)?.options.length ?? 0;
    expect(flags('check')).toBeGreaterThan(3);
    expect(flags('run')).toBe(3);
  });
});
