import { exitCodes, TareError } from '../environment/errors.ts';

/** @throws TareError for a run that was measured in a lab: what is measured here would not be of the same machine */
export function refuseLabRun(folder: string, inLab: boolean): void {
  if (!inLab) return;
  throw new TareError(
    `${folder} was measured in a lab, and cannot be measured further outside of it; check it as it is`,
    exitCodes.usage,
  );
}
