/** The result of a self-test beside the record of its run. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exitCodes, TareError } from '../environment/errors.ts';
import { selfTestSchema, type SelfTest } from './self-test-record.ts';

const fileName = 'self-test.json';

/** Null where the run was never tested. @throws TareError (exit 2) where the file is broken */
export async function readSelfTest(folder: string): Promise<SelfTest | null> {
  const path = join(folder, fileName);
  try {
    return selfTestSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new TareError(
      `${path}: this is not the result of a self-test; remove it and test again`,
      exitCodes.usage,
      {
        cause: error,
      },
    );
  }
}

export async function writeSelfTest(folder: string, result: SelfTest): Promise<void> {
  await writeFile(join(folder, fileName), `${JSON.stringify(result, null, 2)}\n`);
}
