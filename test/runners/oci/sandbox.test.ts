import { expect, it } from 'vitest';
import { sandboxFacts, sandboxNetwork } from '../../../runners/oci/sandbox.ts';

it('a sandbox has the same file system below every engine that mounts overlayfs', () => {
  const [bare, ...engines] = ['overlayfs', 'overlay2', 'overlay'].map((root) => sandboxFacts({}, root));
  for (const engine of engines) expect(engine).toEqual(bare);
  expect(sandboxFacts({}, 'btrfs').root).toMatch(/over btrfs$/);
});

it('a sandbox without a network stack of its own is connected as any container', () => {
  expect(sandboxNetwork({ network: 'host' }, 'docker-bridge')).toBe('docker-bridge');
  expect(sandboxNetwork({}, 'docker-bridge')).toBe("docker-bridge and gVisor's own stack");
});
