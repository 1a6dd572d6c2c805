import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { compressBoth } from '../../../../runners/payload/oci-image/compress.ts';

test('an abort ends it, though its source does not end', async () => {
  const controller = new AbortController();
  const source = new Readable({ read: () => undefined });
  const compressing = compressBoth(source, { gzip: null, zstd: null }, controller.signal);
  source.push('the beginning');
  setImmediate(() => {
    controller.abort('SIGINT');
  });
  await expect(compressing).rejects.toBe('SIGINT');
});
