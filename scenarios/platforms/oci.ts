import { runtimeName } from '../schema/fields.ts';
import { definePlatform } from './platform.ts';

export const ociPlatform = definePlatform({
  description: 'A container, started by an OCI runtime without an engine.',
  fields: { runtime: runtimeName('runc').describe('OCI runtime, by its name on the PATH.') },
  short: {
    runc: { description: 'a container, started by runc', options: { runtime: 'runc' } },
    crun: { description: 'a container, started by crun', options: { runtime: 'crun' } },
  },
  resolve: ({ runtime }) => ({ runtime }),
});
