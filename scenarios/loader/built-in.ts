/** The scenarios and workloads that come with the program. */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The scenario that `tare run` runs by default. */
export const defaultScenario = 'tomcat';

/** The scenario that `tare density` runs by default. */
export const densityScenario = 'density';

/** Folder of the built-in scenarios: in the package, wherever in it this code lies once it is built. */
export function builtInFolder(): string {
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const found = join(folder, 'scenarios');
    if (existsSync(join(found, 'workloads'))) return found;
  }
  throw new Error('the built-in scenarios are missing: the installation is incomplete');
}

/** Names of the YAML files in a folder, sorted. */
export function builtInNames(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => name.slice(0, -'.yaml'.length))
    .sort();
}

/** Files of the built-in workloads by their names, sorted: those that belong together are in a folder of their own. */
export function builtInWorkloads(builtIn: string): Map<string, string> {
  const folder = join(builtIn, 'workloads');
  const below = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const folders = [folder, ...below.map(({ name }) => join(folder, name))];
  const files = folders.flatMap((each) =>
    builtInNames(each).map((name): [string, string] => [name, join(each, `${name}.yaml`)]),
  );
  return new Map(files.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Whether a text names a file rather than something built in. */
export function isPath(text: string): boolean {
  return text.includes('/') || /\.ya?ml$/.test(text);
}
