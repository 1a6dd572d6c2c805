/** Which distribution this is, by os-release(5). */
import { readFile } from 'node:fs/promises';

/** The file's text; empty where there is none. */
export async function readOsRelease(): Promise<string> {
  return readFile('/etc/os-release', 'utf8').catch(() => '');
}

/** Value of a variable in it, `ID` for instance; empty where it is not set. */
export function osReleaseField(osRelease: string, name: string): string {
  return new RegExp(`^${name}=["']?([^"'\\n]*)`, 'm').exec(osRelease)?.[1] ?? '';
}
