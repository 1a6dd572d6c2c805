/** Files of this package that are not compiled (scripts), from the sources and from `dist` alike. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Absolute path of a checked-in file, given relative to the package's root. Throws when the package lacks it. */
export function assetFile(path: string): string {
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) {
      const file = join(folder, path);
      if (existsSync(file)) return file;
      break;
    }
  }
  throw new Error(`the installation is incomplete: ${path} is missing`);
}
