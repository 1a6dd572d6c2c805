import { definePlatform, noOptions } from './platform.ts';

export const processPlatform = definePlatform({
  description: 'A bare process: chroot in a mount namespace, with the same limits.',
  fields: {},
  short: {
    process: { description: 'a bare process: chroot in a private mount namespace', options: {} },
  },
  resolve: noOptions,
});
