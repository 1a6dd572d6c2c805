/** Debian packages, installed by mmdebstrap and made independent of this machine and moment. */
import { installDebian } from './debian.ts';
import { normalise } from '../normalise.ts';
import { linkIntoUsr, needsLinks } from './merge-usr.ts';
import { readPackages } from './packages.ts';
import type { DebianSource } from './source.ts';
import type { SourceBuilder } from './source-builder.ts';

export const debianSource: SourceBuilder<DebianSource> = {
  about({ variant }) {
    const time = variant === 'extract' ? 'a few seconds' : 'half a minute';
    return `building the payload with mmdebstrap: about ${time}`;
  },
  pin: (source) => Promise.resolve(source),
  identity: ({ suite, variant, packages, mirror }) =>
    Promise.resolve([
      ...[suite, variant, packages, mirror],
      ...(needsLinks({ suite, variant }) ? ['linked into /usr'] : []),
    ]),
  async fill(source, root, { signal }) {
    await installDebian(source, root, signal);
    if (needsLinks(source)) await linkIntoUsr(root);
    const packages = await readPackages(root);
    await normalise(root);
    return { packages, image: null };
  },
};
