/** The command line of the storm. */
import { parseArgs } from 'node:util';
import { allPlatforms, commands, type Weather } from './moment.ts';

export interface StormOptions {
  seed: number;
  count: number;
  /** No moment begins later. */
  minutes: number;
  /** The one moment of the seed to have again; null: all. */
  only: number | null;
  weather: Weather;
}

export const usage =
  'npm run test:storm -- [--seed N] [--count N] [--only NUMBER] [--minutes N] [--platform NAME …] [--with-lab]';

/** @throws Error that says what is wrong */
export function parseStorm(args: readonly string[], newSeed: () => number): StormOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string' },
      count: { type: 'string', default: '50' },
      only: { type: 'string' },
      minutes: { type: 'string', default: '90' },
      platform: { type: 'string', multiple: true, default: [...allPlatforms] },
      'with-lab': { type: 'boolean', default: false },
    },
  });
  const unknown = values.platform.find((name) => !allPlatforms.includes(name));
  if (unknown !== undefined) {
    throw new Error(`--platform ${unknown}: it must be one of ${allPlatforms.join(', ')}`);
  }
  const count = natural('--count', values.count);
  const only = values.only === undefined ? null : natural('--only', values.only);
  if (only !== null && only > count) throw new Error(`--only ${only}: there are ${count} moments`);
  return {
    seed: values.seed === undefined ? newSeed() : natural('--seed', values.seed),
    count,
    minutes: natural('--minutes', values.minutes),
    only,
    weather: {
      commands: commands.filter((command) => command !== 'lab' || values['with-lab']),
      platforms: values.platform,
    },
  };
}

function natural(name: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`${name} ${text}: it must be a whole number from 1`);
  return Number(text);
}
