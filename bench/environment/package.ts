/** This package's own folder and version, found from sources and from dist alike. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const packageFolder = findPackageFolder(dirname(fileURLToPath(import.meta.url)));

export const tareVersion = (
  JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as { version: string }
).version;

/** JSON Schema of a document, as the build puts it beside the program. */
export function schemaFile(subject: string): string {
  return join(packageFolder, 'dist', 'schema', `${subject}.schema.json`);
}

function findPackageFolder(from: string): string {
  return existsSync(join(from, 'package.json')) ? from : findPackageFolder(dirname(from));
}
