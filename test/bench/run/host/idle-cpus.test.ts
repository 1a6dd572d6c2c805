/**
 * Against the kernel itself: a wish for the whole machine, which holds as long as the file it was written to is open. What
 * others wish meanwhile is not to matter here, so what is looked at afterwards is this process's own files.
 */
import { readdirSync, readlinkSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { idleCpusHad, withIdleCpus } from '../../../../bench/run/host/idle-cpus.ts';

const wishFile = '/dev/cpu_dma_latency';

async function wakeLatencyUs(): Promise<number> {
  const file = await open(wishFile, 'r');
  try {
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, null);
    return buffer.readInt32LE();
  } finally {
    await file.close();
  }
}

function wishesOfThisProcess(): number {
  const isWish = (descriptor: string): boolean => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`) === wishFile;
    } catch {
      // Closed since the folder was read.
      return false;
    }
  };
  return readdirSync('/proc/self/fd').filter(isWish).length;
}

describe('idle CPUs', () => {
  it('poll while the work lasts, and no longer', async () => {
    const during = await withIdleCpus('poll', async () => [wishesOfThisProcess(), await wakeLatencyUs()]);
    expect(during).toEqual([1, 0]);
    expect(wishesOfThisProcess()).toBe(0);
  });

  it('do as before when the work has failed', async () => {
    const failing = withIdleCpus('poll', () => {
      expect(wishesOfThisProcess()).toBe(1);
      return Promise.reject(new Error('no start'));
    });
    await expect(failing).rejects.toThrow('no start');
    expect(wishesOfThisProcess()).toBe(0);
  });

  it('are left alone where that is asked for', async () => {
    expect(await withIdleCpus('as-is', () => Promise.resolve(wishesOfThisProcess()))).toBe(0);
    expect(await idleCpusHad('as-is')).toBe('as-is');
  });
});
