import { expect, test } from 'vitest';
import { overlapping, subnetAt } from '../../../runners/container-engine/network.ts';

test('blocks follow each other, and addresses within one', () => {
  const subnet = subnetAt(17);
  expect(subnet).toMatchObject({ cidr: '198.19.16.0/20', gateway: '198.19.16.1', prober: '198.19.16.2' });
  expect(subnet.nextAddress()).toEqual({ address: '198.19.16.3', mac: '02:42:c6:13:10:03' });
  expect(subnet.nextAddress().address).toBe('198.19.16.4');
});

test('a block gives every address once and then says that it is empty', () => {
  const subnet = subnetAt(0);
  const given = new Set(Array.from({ length: 4092 }, () => subnet.nextAddress().address));
  expect(given.size).toBe(4092);
  expect(given).toContain('198.18.15.254');
  expect(() => subnet.nextAddress()).toThrow(/no address left/);
});

test.each([
  ['198.18.0.0/20', [0]],
  ['198.18.16.7', [1]],
  ['198.18.0.0/18', [0, 1, 2, 3]],
  ['198.0.0.0/8', Array.from({ length: 32 }, (_, index) => index)],
  ['10.87.0.0/16', []],
  ['default', []],
])('a route to %s takes the blocks %j', (destination, taken) => {
  const blocks = Array.from({ length: 32 }, (_, index) => index);
  expect(blocks.filter((index) => overlapping(index, destination))).toEqual(taken);
});
