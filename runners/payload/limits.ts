/**
 * How much a payload may hold. An archive of a few kilobytes can state a file of a terabyte, or millions of files: what
 * comes from outside must end in words before the disk is full, not after.
 */
import { ImageError } from './error.ts';

export interface PayloadLimits {
  /** Of all files together, holes and what later layers hide counted too. */
  bytes: number;
  /** Files, folders and links. */
  files: number;
}

const defaultLimits: PayloadLimits = { bytes: 64 * 2 ** 30, files: 1_000_000 };

/** @param changes of the workload */
export function limitsOf({ limits }: { limits?: Partial<PayloadLimits> }): PayloadLimits {
  return { ...defaultLimits, ...limits };
}

/** Counts what is read or unpacked, and stops at the limit. */
export class PayloadMeter {
  readonly #limits: PayloadLimits;
  readonly #what: string;
  #files = 0;
  #bytes = 0;

  /** @param what subject of the message: `The image shop` */
  constructor(limits: PayloadLimits, what: string) {
    this.#limits = limits;
    this.#what = what;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** @throws ImageError that names the key which allows more */
  add(bytes: number, files = 1): void {
    this.#files += files;
    this.#bytes += bytes;
    if (this.#files > this.#limits.files) {
      throw new ImageError(
        `${this.#what} has more than ${this.#limits.files} files`,
        'Allow more with "max-files" in the rootfs.',
      );
    }
    if (this.#bytes > this.#limits.bytes) {
      throw new ImageError(
        `${this.#what} has files of more than ${inWords(this.#limits.bytes)} (the holes of sparse files count)`,
        'Allow more with "max-size" in the rootfs, or take out what is too large.',
      );
    }
  }
}

function inWords(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB'];
  const unit = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(bytes, 1)) / 10));
  return `${Number((bytes / 2 ** (10 * unit)).toFixed(1))} ${units[unit] ?? ''}`;
}
