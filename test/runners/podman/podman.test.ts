import { expect, it } from 'vitest';
import { firewallIn } from '../../../runners/podman/podman.ts';

it.each([
  ['{"version":"1.4.0","target":"x86_64-unknown-linux-gnu"}', 'iptables'],
  ['{"version":"1.14.0","default_fw_driver":"nftables"}', 'nft'],
  ['{"version":"1.14.0","default_fw_driver":"iptables"}', 'iptables'],
])('netavark that says %s sets up its network with %s', (version, program) => {
  expect(firewallIn(version)).toBe(program);
});
