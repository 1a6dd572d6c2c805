/** Holds two manifests against each other: which files differ, and what they are for. Pure. */
import type { DriftClass } from '../../../scenarios/measures/drift.ts';
import { mostListed, type DriftedFile, type RecordedDrift } from '../../record/drift.ts';

/** Lines of a manifest (runners/payload/manifest.ts) by their paths. */
export type Tree = ReadonlyMap<string, string>;

export interface Difference {
  added: string[];
  changed: string[];
  deleted: string[];
}

/**
 * What every box is given before its workload starts: a root folder, names, and places for mounts. Docker has it in a layer of its own, which
 * `docker diff` does not list either.
 */
const ofBox =
  /^(\/payload)?\/((etc|root|run)?|etc\/(hosts|hostname|resolv\.conf|mtab)|\.dockerenv|run\/\.containerenv|(dev|proc|sys)(\/.*)?)$/;

/**
 * Without what is the box's own.
 *
 * @param lines of a manifest, one JSON object each
 */
export function treeOf(lines: string): Map<string, string> {
  const tree = new Map<string, string>();
  for (const line of lines.split('\n')) {
    if (line === '') continue;
    const { path } = JSON.parse(line) as { path: string };
    if (!ofBox.test(path)) tree.set(path, line);
  }
  return tree;
}

export function differenceOf(before: Tree, after: Tree): Difference {
  const paths = [...after.keys()];
  return {
    added: paths.filter((path) => !before.has(path)),
    changed: paths.filter((path) => before.has(path) && before.get(path) !== after.get(path)),
    deleted: [...before.keys()].filter((path) => !after.has(path)),
  };
}

export function countOf({ added, changed, deleted }: Difference): number {
  return added.length + changed.length + deleted.length;
}

/** Every file of the difference, in the order of their paths. */
export function filesOf({ added, changed, deleted }: Difference, after: Tree): DriftedFile[] {
  const files = [
    ...added.map((path) => ({ path, change: 'added' as const })),
    ...changed.map((path) => ({ path, change: 'changed' as const })),
    ...deleted.map((path) => ({ path, change: 'deleted' as const })),
  ];
  return files
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map((file) => ({ ...file, class: classOf(file.path), bytes: sizeOf(after.get(file.path)) }));
}

export function listed(files: readonly DriftedFile[]): Pick<RecordedDrift, 'files' | 'omitted'> {
  return { files: files.slice(0, mostListed), omitted: Math.max(0, files.length - mostListed) };
}

/** Null for what is no regular file, or not there. */
function sizeOf(line: string | undefined): number | null {
  const { size } = JSON.parse(line ?? '{}') as { size?: number };
  return size ?? null;
}

/** The first that fits; a disk with several partitions has a folder for each above these. */
const classes: readonly (readonly [DriftClass, RegExp])[] = [
  ['log', /\/(log|logs)\/|\.log$/],
  ['run', /\/(run|lock)\/|\.(pid|sock|lock)$/],
  ['cache', /\/(cache|\.cache|work)\//],
  ['tmp', /\/(tmp|temp)\//],
  ['configuration', /\/(etc|conf|config)\//],
  ['program', /\/(bin|sbin|lib|lib32|lib64|libexec|usr|opt|boot)\//],
];

export function classOf(path: string): DriftClass {
  // A folder belongs to its own class: `/tmp` itself, too.
  return classes.find(([, pattern]) => pattern.test(path) || pattern.test(`${path}/`))?.[0] ?? 'data';
}
