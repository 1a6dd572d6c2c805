import { describe, expect, it } from 'vitest';
import { loadScenario } from '../../scenarios/loader/load.ts';
import { errorLines, folderWith, mistakesOf } from './scenario-folder.ts';

describe('files that are no scenario', () => {
  it.each<[string, string | Buffer, string[]]>([
    [
      'empty',
      '',
      [
        's.yaml:1:1: the file is empty; expected keys with values, the first being for instance "name: tomcat"',
      ],
    ],
    [
      'only a comment',
      '# nothing\n',
      [
        's.yaml:1:1: the file is empty; expected keys with values, the first being for instance "name: tomcat"',
      ],
    ],
    [
      'a list',
      '\n- tomcat\n',
      [
        's.yaml:2:1: this is not a mapping; expected keys with values, the first being for instance "name: tomcat"',
      ],
    ],
    [
      'plain text',
      'tomcat',
      [
        's.yaml:1:1: this is not a mapping; expected keys with values, the first being for instance "name: tomcat"',
      ],
    ],
    [
      'binary',
      Buffer.from('name: x\nab\0cd'),
      ['s.yaml:2:3: a zero byte: this is a binary file; expected YAML text'],
    ],
    [
      'not UTF-8',
      Buffer.from([0x6e, 0x3a, 0x20, 0xff]),
      ['s.yaml:1:1: is not UTF-8 text; expected YAML text in UTF-8'],
    ],
    [
      '10 MB',
      Buffer.alloc(10_000_000, 'a'),
      ['s.yaml:1:1: is 9.5 MiB large; expected a YAML file of at most 1 MiB'],
    ],
    [
      'a duplicate key',
      'name: a\nlimits: {}\nname: b\n',
      ['s.yaml:3:1: duplicate key in this mapping; keep one of them'],
    ],
    ['tabs', 'limits:\n\tcpus: 1\n', ['s.yaml:2:1: a tab indents this line; YAML is indented with spaces']],
    [
      'two documents',
      'name: a\n---\nname: b\n',
      ['s.yaml:2:1: a second document ("---") begins here; a file holds one'],
    ],
    [
      'an unknown tag',
      'name: !!js/function x\n',
      ['s.yaml:1:7: broken YAML: Unresolved tag: tag:yaml.org,2002:js/function'],
    ],
    [
      'an alias without an anchor',
      'name: a\nlimits: *none\n',
      ['s.yaml:2:9: no anchor "&none" stands before this alias'],
    ],
    [
      'an anchor within itself',
      'limits: &a [*a]\n',
      ['s.yaml:1:1: an anchor contains its own alias; write the values out'],
    ],
  ])('%s', (_, content, lines) => {
    expect(mistakesOf(content)).toEqual(lines);
  });

  it('broken syntax: every error with its place', () => {
    const lines = mistakesOf('name: "a\nplatforms: [process\n');
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(line).toMatch(/^s\.yaml:\d+:\d+: broken YAML: /);
    expect(mistakesOf('name: a\n  limits: {}\n')).toEqual([
      's.yaml:1:7: broken YAML: Nested mappings are not allowed in compact mappings',
      's.yaml:1:7: broken YAML: Implicit keys need to be on a single line',
    ]);
  });

  it('an alias bomb is refused before it is unfolded', () => {
    const nine = (name: string): string => `[${Array.from({ length: 9 }, () => name).join(', ')}]`;
    const levels = Array.from(
      { length: 12 },
      (_, level) => `l${level + 1}: &l${level + 1} ${nine(`*l${level}`)}`,
    );
    expect(mistakesOf(['l0: &l0 x', ...levels].join('\n'))).toEqual([
      's.yaml:1:1: aliases repeat too much; write the values out',
    ]);
  });

  it.each([
    ['brackets', `a: ${'['.repeat(300_000)}`],
    ['braces', `a: ${'{a: '.repeat(100_000)}`],
    ['dashes', '- '.repeat(300_000)],
    ['indentation', Array.from({ length: 500 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
  ])('%s without end are refused', (_, content) => {
    expect(mistakesOf(content)).toEqual([
      expect.stringMatching(/^s\.yaml:\d+:\d+: nested more than 60 levels deep; no scenario needs that$/),
    ]);
  });

  it('a file, a folder, a device and a dangling link that are none', () => {
    const cwd = folderWith({ 'folder.yaml/x': '' });
    const lines = (path: string): string[] => errorLines(() => loadScenario(path, { cwd }));
    expect(lines('./gone.yaml')).toEqual(['gone.yaml: no such file; expected the path of a YAML file']);
    expect(lines('folder.yaml')).toEqual(['folder.yaml: is a folder; expected a YAML file']);
    expect(lines('/dev/zero')).toEqual(['/dev/zero: is not a regular file; expected a YAML file']);
  });
});
