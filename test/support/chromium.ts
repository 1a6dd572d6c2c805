/** The browser that page tests run in: Debian's package, or what else is on the PATH. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Throws when none of the usual names is on the PATH. */
export function chromiumProgram(): string {
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const found = names.flatMap((name) => folders.map((path) => join(path, name))).find(isProgram);
  if (found === undefined) throw new Error(`this test needs one of ${names.join(', ')} on the PATH`);
  return found;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
