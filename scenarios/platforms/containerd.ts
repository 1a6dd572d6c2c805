import { runtimeName } from '../schema/fields.ts';
import { gvisorFields, gvisorOptions, refineGvisor } from './gvisor.ts';
import { definePlatform } from './platform.ts';

export const containerdPlatform = definePlatform({
  description: 'A container, started with ctr run by a containerd of the run.',
  fields: {
    runtime: runtimeName('runc').describe('OCI runtime, by its name on the PATH, which the shim starts.'),
    ...gvisorFields,
  },
  short: { containerd: { description: 'a container, started by containerd', options: {} } },
  resolve: ({ runtime, ...more }) => ({ runtime, ...gvisorOptions(more) }),
  refine: refineGvisor,
});
