import { expect, it } from 'vitest';
import { createLayer } from '../../../../runners/machine/mounts/overlay.ts';

it.each(['/tmp/a,b', '/tmp/a:b', '/tmp/a\\b'])('refuses %s, which overlayfs would misread', async (path) => {
  await expect(createLayer('/tmp/never-made', path)).rejects.toThrow(/comma, a colon or a backslash/);
});
