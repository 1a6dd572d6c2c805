/** Reads the record of a fleet back, and tells one from the record of a run. */
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { exitCodes, TareError } from '../environment/errors.ts';
import { fleetSchema, fleetVersion, type FleetRecord } from '../record/fleet.ts';
import { property } from '../record/facts.ts';
import { readJson } from '../store/read-record.ts';

/** In the folder that `tare fleet merge --out` names. */
export const fleetFile = 'fleet.json';

/** The path of a fleet's record that a name means; null: it means something else, a run for instance. */
export async function fleetPath(name: string, cwd: string): Promise<string | null> {
  const path = resolve(cwd, name);
  const there = await stat(path).catch(() => null);
  if (!there) return null;
  const file = there.isDirectory() ? join(path, fleetFile) : path;
  if (!(await stat(file).catch(() => null))?.isFile()) return null;
  const content = await readJson(file).catch(() => null);
  return property(content, 'fleetVersion') === undefined ? null : file;
}

/** @throws TareError (exit 2) */
export async function readFleet(path: string): Promise<FleetRecord> {
  const content = await readJson(path);
  const version = property(content, 'fleetVersion');
  if (version !== fleetVersion) {
    throw new TareError(
      `${path}: ${version === undefined ? 'this is not the record of a fleet' : `it has fleetVersion ${JSON.stringify(version)}, and this version of tare reads ${fleetVersion}`}; \`tare fleet merge --out\` writes one`,
      exitCodes.usage,
    );
  }
  const parsed = fleetSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new TareError(
    `${path}: this is not a whole record of a fleet: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`,
    exitCodes.usage,
  );
}
