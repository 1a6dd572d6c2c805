/** Sizes and times as people write them: `512MiB`, `1.5GB`, `300ms`, `5s`. A bare number is refused: of what? */

const bytesPerUnit = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
  // As docker and Kubernetes write them. A capital M alone is none: 2^20 to the one, 10^6 to the other.
  k: 2 ** 10,
  m: 2 ** 20,
  g: 2 ** 30,
  t: 2 ** 40,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
} as const;

const msPerUnit = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

export const sizePattern = quantityPattern(bytesPerUnit);
export const durationPattern = quantityPattern(msPerUnit);

export const sizeExample =
  'a size such as 512MiB (units: B, kB, MB, GB, TB, KiB, MiB, GiB, TiB; also 512m as docker and 512Mi as Kubernetes have it)';
export const percentExample = 'a percentage such as 5%';
export const durationExample = 'a time such as 300ms or 5s (units: ms, s, m, h)';

/** @returns whole bytes, or null where the text is no size */
export function parseSize(text: string): number | null {
  const bytes = parseQuantity(text, sizePattern, bytesPerUnit);
  return bytes === null ? null : Math.round(bytes);
}

/** @returns milliseconds, or null where the text is no time */
export function parseDuration(text: string): number | null {
  return parseQuantity(text, durationPattern, msPerUnit);
}

/** @returns the share, 0.05 for `5%`, or null where the text is no percentage */
export function parsePercent(text: string): number | null {
  const [, amount] = /^([0-9]+(?:\.[0-9]+)?) ?%$/.exec(text) ?? [];
  return amount === undefined ? null : Number(amount) / 100;
}

/** Bytes in the largest binary unit that leaves a short number: `512MiB`, `1.5GiB`. For messages, not exact. */
export function formatSize(bytes: number): string {
  const units = ['TiB', 'GiB', 'MiB', 'KiB'] as const;
  const unit = units.find((candidate) => bytes >= bytesPerUnit[candidate]) ?? 'B';
  return `${Number((bytes / bytesPerUnit[unit]).toFixed(2))}${unit}`;
}

/** Milliseconds in the largest unit that leaves a short number: `300ms`, `5s`, `1.5h`. For messages, not exact. */
export function formatDuration(durationMs: number): string {
  const units = ['h', 'm', 's'] as const;
  const unit = units.find((candidate) => durationMs >= msPerUnit[candidate]) ?? 'ms';
  return `${Number((durationMs / msPerUnit[unit]).toFixed(2))}${unit}`;
}

function quantityPattern(units: Record<string, number>): RegExp {
  return new RegExp(`^([0-9]+(?:\\.[0-9]+)?) ?(${Object.keys(units).join('|')})$`);
}

function parseQuantity(text: string, pattern: RegExp, units: Record<string, number>): number | null {
  const [, amount, unit] = pattern.exec(text) ?? [];
  if (amount === undefined || unit === undefined) return null;
  return Number(amount) * (units[unit] ?? Number.NaN);
}
