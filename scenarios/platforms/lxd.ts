import { z } from 'zod';
import { definePlatform } from './platform.ts';

/** LXD, or Incus, which came out of it and has the same interface. */
const daemons = ['lxd', 'incus'] as const;

export const lxdPlatform = definePlatform({
  description: "A container of LXD or Incus, in a daemon of the run's own.",
  fields: {
    daemon: z.enum(daemons).prefault('lxd').describe('Which of the two; both have the same interface.'),
  },
  short: {
    lxd: { description: "a container of LXD, in a daemon of the run's own", options: {} },
    incus: {
      description: "a container of Incus, in a daemon of the run's own",
      options: { daemon: 'incus' },
    },
  },
  resolve: ({ daemon }) => ({ daemon }),
});
