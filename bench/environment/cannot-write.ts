/** Says which file could not be written, why, and what helps, instead of the system's bare error code. */
import { dirname } from 'node:path';
import { exitCodes, TareError } from './errors.ts';

const reasons: Partial<Record<string, (path: string) => string>> = {
  ENOSPC: (path) =>
    `no space is left on the disk of ${dirname(path)} (see df ${dirname(path)} and df -i ${dirname(path)})`,
  EDQUOT: () => 'the disk quota is used up',
  EROFS: () => 'its file system is read-only',
  EACCES: () => 'its folder may not be written to',
};

/** @param next what the person can do once that is mended */
export function cannotWrite(path: string, error: unknown, next: string): TareError {
  const { code, message } = error as NodeJS.ErrnoException;
  const reason = reasons[code ?? '']?.(path) ?? message;
  return new TareError(`${path} cannot be written: ${reason}\n  ${next}`, exitCodes.unfit, { cause: error });
}
