/** Against the kernel itself: the wish is one for the whole machine, and may be read back. */
import { open } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { idleCpusHad, withIdleCpus } from '../../bench/idle-cpus.ts';

async function wakeLatencyUs(): Promise<number> {
  const file = await open('/dev/cpu_dma_latency', 'r');
  try {
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, null);
    return buffer.readInt32LE();
  } finally {
    await file.close();
  }
}

describe('idle CPUs', () => {
  it('poll while the work lasts, and no longer', async () => {
    const before = await wakeLatencyUs();
    expect(before).toBeGreaterThan(0);
    expect(await withIdleCpus('poll', wakeLatencyUs)).toBe(0);
    expect(await wakeLatencyUs()).toBe(before);
  });

  it('do as before when the work has failed', async () => {
    const before = await wakeLatencyUs();
    const failing = withIdleCpus('poll', () => Promise.reject(new Error('no start')));
    await expect(failing).rejects.toThrow('no start');
    expect(await wakeLatencyUs()).toBe(before);
  });

  it('are left alone where that is asked for', async () => {
    const before = await wakeLatencyUs();
    expect(await withIdleCpus('as-is', wakeLatencyUs)).toBe(before);
    expect(await idleCpusHad('as-is')).toBe('as-is');
  });
});
