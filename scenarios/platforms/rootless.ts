/** Containers that an ordinary user starts, without an engine and with podman. */
import { z } from 'zod';
import { runtimeName } from '../schema/fields.ts';
import { definePlatform } from './platform.ts';

/** Programs that carry packets into a network namespace of a user's. */
const forwarders = ['slirp4netns', 'pasta'] as const;

const fields = {
  user: z
    .string()
    .regex(/^[a-z_][a-z0-9_.-]{0,31}$/i, 'expected the name of a user of this machine')
    .optional()
    .describe(
      'Ordinary user of the machine, with subordinate ids; without it, one of the run that the machine does not know.',
    ),
  network: z
    .enum(forwarders)
    .optional()
    .describe('What carries packets into the container. Without it: the first that fits and is installed.'),
};

interface Written {
  user?: string | undefined;
  network?: (typeof forwarders)[number] | undefined;
}

const optionsOf = ({ user, network }: Written) => ({
  user: user ?? null,
  network: network ?? null,
});

export const ociRootlessPlatform = definePlatform({
  description: 'A container of an ordinary user, started by an OCI runtime without an engine.',
  fields: { runtime: runtimeName('runc').describe('OCI runtime, by its name on the PATH.'), ...fields },
  short: {
    'runc-rootless': { description: 'a container of an ordinary user, started by runc', options: {} },
  },
  resolve: ({ runtime, ...more }) => ({ runtime, ...optionsOf(more) }),
});

export const podmanRootlessPlatform = definePlatform({
  description: 'A container of an ordinary user, started with podman run.',
  fields: {
    runtime: runtimeName('crun').describe(
      "OCI runtime, by its name on the PATH; crun is podman's own choice.",
    ),
    ...fields,
  },
  short: {
    'podman-rootless': {
      description: 'a container of an ordinary user, started with podman run',
      options: {},
    },
  },
  resolve: ({ runtime, ...more }) => ({ runtime, ...optionsOf(more) }),
});
