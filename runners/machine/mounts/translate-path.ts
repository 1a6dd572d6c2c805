/** Where a file is that another mount namespace has at another place. */
import { join, relative } from 'node:path';

/**
 * @param moved pairs of a folder and of what it is called on the other side; the first that the path lies in counts
 * @throws Error for a path that lies in none of them
 */
export function translatePath(path: string, moved: readonly (readonly [string, string])[]): string {
  const found = moved.find(([from]) => path === from || path.startsWith(`${from}/`));
  if (found === undefined) throw new Error(`${path} is in none of ${moved.map(([from]) => from).join(', ')}`);
  const [from, to] = found;
  return join(to, relative(from, path));
}
