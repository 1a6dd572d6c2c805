import { describe, expect, it } from 'vitest';
import { allPlatforms, commands, drawMoments, momentText, type Moment, type Weather } from './moment.ts';

const weather: Weather = { commands, platforms: allPlatforms };
const many = drawMoments(1, 2000, weather);
const kinds = (moments: readonly Moment[]): string[] => [
  ...new Set(
    moments.map(({ command, blow }) => {
      const what = blow.kind === 'kill' ? blow.victim : blow.kind === 'disk' ? blow.place : blow.kind;
      return `${command} ${what}`;
    }),
  ),
];

describe('the moments of a storm', () => {
  it('are the same for the same seed, and others for another', () => {
    expect(drawMoments(1, 10, weather)).toEqual(many.slice(0, 10));
    expect(drawMoments(2, 10, weather)).not.toEqual(many.slice(0, 10));
  });

  it('meet every command with every blow that it can suffer', () => {
    const everywhere = ['harness', 'prober', 'shim', 'signal', 'results', 'cache', 'scratch', 'memory'];
    const atRuns = [...everywhere, 'engine', 'vmm'];
    expect(kinds(many).sort()).toEqual(
      [
        ...['run', 'density'].flatMap((command) => atRuns.map((what) => `${command} ${what}`)),
        ...['check', 'self-test'].flatMap((command) => everywhere.map((what) => `${command} ${what}`)),
        ...['harness', 'vmm', 'signal', 'results'].map((what) => `lab ${what}`),
      ].sort(),
    );
  });

  it('kill an engine, a shim or a VMM only where the platform has one', () => {
    const killed = (victim: string): Set<string> =>
      new Set(
        many.flatMap(({ command, platform, blow }) =>
          command !== 'lab' && blow.kind === 'kill' && blow.victim === victim ? [platform] : [],
        ),
      );
    expect([...killed('engine')].sort()).toEqual(['docker', 'lxd']);
    expect([...killed('vmm')]).toEqual(['vm']);
    expect(killed('shim')).not.toContain('vm');
  });

  it('stay within the commands and platforms that are asked for', () => {
    const some = drawMoments(3, 200, { commands: ['run', 'check'], platforms: ['docker'] });
    expect(new Set(some.map(({ command }) => command))).toEqual(new Set(['run', 'check']));
    expect(new Set(some.filter(({ command }) => command === 'run').map(({ platform }) => platform))).toEqual(
      new Set(['docker']),
    );
  });

  it('are told in a line', () => {
    const blow = { kind: 'kill', victim: 'shim' } as const;
    const moment = { number: 4, command: 'run', platform: 'docker', afterLines: 3, delayMs: 20 } as const;
    expect(momentText({ ...moment, blow, isBesideAnother: true })).toBe(
      'run of process and docker, beside another run: kill -9 of the shim 20 ms after line 3',
    );
  });
});
