/** Settings of the kernel that a run changes and gives back: leased with their old value before they change. */
import { readFile, writeFile } from 'node:fs/promises';
import { normalize } from 'node:path';
import type { Lease, LeaseEntry } from '../lease/lease.ts';

export type SettingEntry = Extract<LeaseEntry, { kind: 'setting' }>;

/** Nothing else is ever written on behalf of a lease: a file that anything may have happened to. */
const allowed = /^\/(proc\/sys|sys\/kernel\/mm\/ksm)\/[\w./-]+$/;

/** The value as it is; null where this kernel has no such setting or this process may not read it. */
export async function readSetting(path: string): Promise<string | null> {
  return readFile(path, 'utf8').then(
    (text) => text.trim(),
    () => null,
  );
}

/**
 * @returns the entry that gives it back; null where it has the value already, or the kernel has no such setting
 * @throws Error when the kernel refuses the value; nothing is changed then
 */
export async function changeSetting(path: string, value: string, lease: Lease): Promise<SettingEntry | null> {
  const from = await readSetting(path);
  if (from === null || from === value) return null;
  const entry: SettingEntry = { kind: 'setting', path, from, to: value };
  await lease.add(entry);
  try {
    await writeFile(path, value, { flag: 'r+' });
  } catch (error) {
    await lease.drop(entry);
    throw new Error(`cannot write "${value}" to ${path}: ${(error as Error).message}`, { cause: error });
  }
  return entry;
}

/** Gives a setting back, unless somebody else has changed it since: then it is theirs. */
export async function restoreSetting({
  path,
  from,
  to,
}: Pick<SettingEntry, 'path' | 'from' | 'to'>): Promise<void> {
  if (!allowed.test(path) || normalize(path) !== path) {
    throw new Error('the lease names no setting that a run may change');
  }
  if ((await readSetting(path)) === to) await writeFile(path, from, { flag: 'r+' });
}
