/** Where programs are. */
import { access, constants } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';

/** Administrators' programs are not on everybody's PATH. */
const systemFolders = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/local/bin', '/usr/bin', '/bin'];

/** The PATH of programs whose environment is none of the user's. */
export const systemPath = systemFolders.join(delimiter);

/** A PATH with the administrators' folders behind its own: after a plain `su`, root's has none of them. */
export function withSystemFolders(path: string | undefined): string {
  const folders = (path ?? '').split(delimiter).filter((folder) => folder !== '');
  return [...new Set([...folders, ...systemFolders])].join(delimiter);
}

/** @returns the absolute path of a program, null when there is none */
export async function findProgram(name: string): Promise<string | null> {
  if (isAbsolute(name)) return (await isExecutable(name)) ? name : null;
  for (const folder of withSystemFolders(process.env['PATH']).split(delimiter)) {
    if (await isExecutable(join(folder, name))) return join(folder, name);
  }
  return null;
}

/** @returns those of the programs that are not installed */
export async function missingPrograms(names: readonly string[]): Promise<string[]> {
  const found = await Promise.all(names.map(findProgram));
  return names.filter((_, index) => found[index] === null);
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** The absolute path of a program. Throws when it is not installed. */
export async function requireProgram(name: string): Promise<string> {
  const path = await findProgram(name);
  if (path === null) throw new Error(`the program ${name} is not installed`);
  return path;
}
