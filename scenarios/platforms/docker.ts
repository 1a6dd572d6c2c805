import { z } from 'zod';
import { runtimeName } from '../schema/fields.ts';
import { gvisorFields, gvisorOptions, refineGvisor } from './gvisor.ts';
import { definePlatform } from './platform.ts';

/** Whose docker engine: `auto` is the user's where one answers, else one that Tare starts for the run. */
const engines = ['auto', 'user', 'own'] as const;

export const dockerPlatform = definePlatform({
  description: 'A container, started with docker run.',
  fields: {
    engine: z
      .enum(engines)
      .prefault('auto')
      .describe(
        "Whose engine: the user's, one that Tare starts for the run, or `auto`: the user's where one can be used.",
      ),
    socket: z
      .string()
      .regex(/^\/[^\n]{1,106}$/, 'expected the absolute path of a unix socket')
      .prefault('/var/run/docker.sock')
      .describe("Socket of the user's engine."),
    runtime: runtimeName('runc').describe(
      "OCI runtime: known to the user's engine, or by its name on the PATH for an engine of Tare's own.",
    ),
    ...gvisorFields,
  },
  short: { docker: { description: 'a container, started with docker run', options: {} } },
  resolve: ({ engine, socket, runtime, ...more }) => ({ engine, socket, runtime, ...gvisorOptions(more) }),
  refine: refineGvisor,
});
