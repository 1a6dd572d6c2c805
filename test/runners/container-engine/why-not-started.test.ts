import { expect, it } from 'vitest';
import { whyNotStarted } from '../../../runners/container-engine/instance.ts';

const exit = (code: number) => ({ code, signal: null, at: 1 });
const ofDocker = 'docker: Error response from daemon: OCI runtime start failed: no such file';
const ofRuntime = 'starting container: failed to load /srv/x: permission denied';
const ofPodman = 'Error: `/run/x/runsc start 2b6f` failed: exit status 128';

it.each([
  ['an engine that says why', 126, ['hello', ofDocker], ofDocker],
  ['podman that leaves it to its runtime', 126, [ofRuntime, ofPodman], `${ofRuntime}\n  ${ofPodman}`],
  ['podman whose runtime said nothing', 126, [ofPodman], ofPodman],
  ['a workload that ends so by itself', 127, ['sh: x: not found'], null],
  ['a workload that ends in another way', 1, [ofDocker], null],
])('%s', (_, code, lines, why) => {
  expect(whyNotStarted(exit(code), lines)).toBe(why);
});
