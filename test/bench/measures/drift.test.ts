import { describe, expect, it } from 'vitest';
import {
  classOf,
  countOf,
  differenceOf,
  filesOf,
  listed,
  treeOf,
} from '../../../bench/measures/drift/compare.ts';
import { driftFigures, gatherDrift, type TakenDrift } from '../../../bench/measures/drift/figures.ts';
import { driftSchema, mostListed } from '../../../bench/record/drift.ts';
import type { JournalEvent } from '../../../bench/run/journal/journal.ts';

const file = (path: string, size: number): string =>
  JSON.stringify({ path, type: 'file', mode: '0644', uid: 0, gid: 0, size, sha256: `of ${size}` });
const image = treeOf(`${[file('/bin/a', 1), file('/etc/b', 2), file('/etc/c', 3)].join('\n')}\n`);
const later = treeOf([file('/bin/a', 1), file('/etc/b', 9), file('/var/log/d.log', 4)].join('\n'));

describe('the difference of two trees', () => {
  const difference = differenceOf(image, later);

  it('is what was added, changed and deleted', () => {
    expect(difference).toEqual({ added: ['/var/log/d.log'], changed: ['/etc/b'], deleted: ['/etc/c'] });
    expect(countOf(difference)).toBe(3);
    expect(countOf(differenceOf(image, image))).toBe(0);
  });

  it("leaves out what is the box's own", () => {
    const own = ['/', '/etc/hosts', '/payload/etc/hostname', '/etc/mtab', '/dev/console', '/proc', '/root'];
    const paths = [...own, '/.dockerenv', '/etc/a', '/root/.profile'];
    const lines = paths.map((path) => file(path, 1)).join('\n');
    expect([...treeOf(lines).keys()]).toEqual(['/etc/a', '/root/.profile']);
  });

  it('is listed by path, with size and class', () => {
    expect(filesOf(difference, later)).toEqual([
      { path: '/etc/b', change: 'changed', class: 'configuration', bytes: 9 },
      { path: '/etc/c', change: 'deleted', class: 'configuration', bytes: null },
      { path: '/var/log/d.log', change: 'added', class: 'log', bytes: 4 },
    ]);
  });

  it('is listed up to a limit, with a word about the rest', () => {
    const many = Array.from({ length: mostListed + 5 }, (_, index) => `/tmp/${1000 + index}`);
    const all = filesOf({ added: many, changed: [], deleted: [] }, new Map());
    expect(listed(all)).toEqual({ files: all.slice(0, mostListed), omitted: 5 });
  });
});

it.each([
  ['/var/log/syslog', 'log'],
  ['/opt/tomcat/logs/catalina.out', 'log'],
  ['/tmp', 'tmp'],
  ['/var/tmp/x', 'tmp'],
  ['/run/lock', 'run'],
  ['/srv/server.pid', 'run'],
  ['/var/cache/apt/pkgcache.bin', 'cache'],
  ['/opt/tomcat/work/Catalina/page.class', 'cache'],
  ['/etc/passwd', 'configuration'],
  ['/system/etc/machine-id', 'configuration'],
  ['/usr/bin/env', 'program'],
  ['/srv/data/file', 'data'],
])('%s is of the class %s', (path, expected) => {
  expect(classOf(path)).toBe(expected);
});

describe('drift in the record', () => {
  const list = (changes: Partial<TakenDrift>): TakenDrift => ({
    ...{ after: 'load', instance: 'runc-drift1-load1', against: null },
    ...{ files: filesOf(differenceOf(image, later), later), omitted: 0 },
    ...{ counts: { added: 1, changed: 1, deleted: 1 }, classes: { log: 1, configuration: 2 } },
    ...{ bytes: 13, allocated: 8192 },
    ...changes,
  });
  const events: JournalEvent[] = [
    {
      ...{ type: 'drift', platform: 'runc', block: 1, at: '2026-01-01T00:00:00.000Z' },
      lists: [list({}), list({ against: 'other', counts: { added: 1, changed: 0, deleted: 0 } })],
    },
  ];

  it('has the files by name, and nothing where none were looked at', () => {
    const { drift = [] } = gatherDrift(events, ['vm', 'runc']);
    expect(drift).toHaveLength(2);
    for (const each of drift) expect(driftSchema.parse(each)).toEqual(each);
    expect(gatherDrift([], ['runc'])).toEqual({});
  });

  it('counts files against the image and between two instances apart', () => {
    const figures = driftFigures(events);
    const valueOf = (metric: string, lens: string | null = null): number | undefined =>
      figures.find((figure) => figure.metric === metric && figure.lens === lens)?.sample.value;
    expect(valueOf('drift.files')).toBe(3);
    expect(valueOf('drift.between')).toBe(1);
    expect(valueOf('drift.class', 'configuration')).toBe(2);
    expect(valueOf('drift.class', 'cache')).toBe(0);
    expect(figures.every(({ condition }) => condition['after'] === 'load')).toBe(true);
  });
});
