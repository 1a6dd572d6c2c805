import { expect, test } from 'vitest';
import { identityRequest } from '../../../../runners/qemu/snapshot/restore.ts';

test('a clone is told its address, netmask, MAC, the time in whole seconds, and random bytes', () => {
  const own = { address: '10.87.0.9', prefixLength: 16, mac: '02:74:61:72:00:09' };
  expect(identityRequest(own, 1_700_000_000_999, Buffer.from([0, 255]))).toBe(
    'identity 10.87.0.9 255.255.0.0 02:74:61:72:00:09 1700000000 00ff',
  );
});
