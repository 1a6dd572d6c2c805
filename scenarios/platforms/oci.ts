import { runtimeName } from '../schema/fields.ts';
import { gvisorFields, gvisorOptions, refineGvisor } from './gvisor.ts';
import { definePlatform } from './platform.ts';

export const ociPlatform = definePlatform({
  description: 'A container, started by an OCI runtime without an engine.',
  fields: { runtime: runtimeName('runc').describe('OCI runtime, by its name on the PATH.'), ...gvisorFields },
  short: {
    runc: { description: 'a container, started by runc', options: { runtime: 'runc' } },
    crun: { description: 'a container, started by crun', options: { runtime: 'crun' } },
    gvisor: {
      description: "a container on gVisor's own kernel, started by runsc",
      options: { runtime: 'runsc' },
    },
  },
  resolve: ({ runtime, ...more }) => ({ runtime, ...gvisorOptions(more) }),
  refine: refineGvisor,
});
