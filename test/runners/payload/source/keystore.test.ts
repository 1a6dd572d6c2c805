import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { withFixedTimes } from '../../../../runners/payload/source/keystore.ts';

/** As Java writes it; that real files have this form is shown by building Tomcat's payload twice. */
function keystore(times: readonly number[], password = 'changeit'): Buffer {
  const number = (value: number): Buffer => Buffer.from(value.toString(16).padStart(8, '0'), 'hex');
  const text = (value: string): Buffer =>
    Buffer.concat([number(value.length).subarray(2), Buffer.from(value)]);
  const parts = [number(0xfeedfeed), number(2), number(times.length)];
  for (const [index, time] of times.entries()) {
    const at = Buffer.alloc(8);
    at.writeBigUInt64BE(BigInt(time));
    const certificate = Buffer.from(`certificate ${index}`);
    parts.push(number(2), text(`alias${index}`), at, text('X.509'), number(certificate.length), certificate);
  }
  const content = Buffer.concat(parts);
  const secret = Buffer.from(password.replace(/./g, '\0$&'));
  const digest = createHash('sha1').update(Buffer.concat([secret, Buffer.from('Mighty Aphrodite'), content]));
  return Buffer.concat([content, digest.digest()]);
}

test('two keystores that differ in their times alone become the same valid one', () => {
  const fixed = withFixedTimes(keystore([1_763_000_000_000, 1_763_000_000_017]), 1_700_000_000_000);
  expect(fixed).toEqual(keystore([1_700_000_000_000, 1_700_000_000_000]));
});

test('anything else is left alone', () => {
  expect(withFixedTimes(Buffer.from('not a keystore, but long enough to be one'), 0)).toBeNull();
  expect(withFixedTimes(Buffer.alloc(3), 0)).toBeNull();
  expect(withFixedTimes(keystore([1], 'secret'), 0)).toBeNull();
  const damaged = keystore([1]);
  damaged[14] = 9;
  expect(withFixedTimes(damaged, 0)).toBeNull();
});
