import { runtimeName } from '../schema/fields.ts';
import { gvisorFields, gvisorOptions, refineGvisor } from './gvisor.ts';
import { definePlatform } from './platform.ts';

export const podmanPlatform = definePlatform({
  description: 'A container, started with podman run.',
  fields: {
    runtime: runtimeName('crun').describe(
      "OCI runtime, by its name on the PATH; crun is podman's own choice.",
    ),
    ...gvisorFields,
  },
  short: { podman: { description: 'a container, started with podman run', options: {} } },
  resolve: ({ runtime, ...more }) => ({ runtime, ...gvisorOptions(more) }),
  refine: refineGvisor,
});
