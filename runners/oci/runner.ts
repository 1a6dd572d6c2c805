/** The payload as a native container: an OCI bundle, started by a runtime such as runc. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { unmountBelow } from '../machine/mounts/mounts.ts';
import { checkLaunch } from '../shared/payload-launch.ts';
import { fitnessHere } from '../shared/prerequisites.ts';
import { allocatedBelow } from '../machine/tree-size.ts';
import { containerFigures } from '../payload/oci-image/container-figures.ts';
import { packOciImage, unpackOciImage } from '../payload/oci-image/oci-image.ts';
import type { Payload } from '../payload/payload.ts';
import { plainFacts } from '../platform-facts.ts';
import type { Fitness, PlatformSpec, PreparedPlatform, RunContext, Runner } from '../runner.ts';
import { ownUser } from '../shared/box.ts';
import { seccompName } from '../shared/seccomp.ts';
import { createContainer } from './instance.ts';
import { findRuntime, notesOn } from './runtime.ts';
import { createRuntimeNamespace } from './runtime-namespace.ts';
import { sandboxFacts, sandboxNetwork, whyNoSandbox, type SandboxOptions } from './sandbox.ts';

/** The sandbox's are for gVisor's runtime alone. */
export interface OciOptions extends SandboxOptions {
  /** The program's name on the PATH, `runc` for instance. */
  runtime: string;
}

export const ociRunner: Runner<OciOptions> = { kind: 'container', probe: probeOci, prepare: prepareOci };

async function probeOci(options: OciOptions): Promise<Fitness> {
  const found = await findRuntime(options.runtime);
  if ('reason' in found) return { usable: false, version: null, ...found };
  const unfit = await whyNoSandbox(found, options);
  if (unfit !== null) return { usable: false, version: found.version, ...unfit };
  return fitnessHere(found.version, notesOn(found));
}

async function prepareOci(
  payload: Payload,
  platform: PlatformSpec<OciOptions>,
  context: RunContext,
): Promise<PreparedPlatform> {
  const runtime = await findRuntime(platform.options.runtime);
  if ('reason' in runtime) throw new Error(`${runtime.reason}; ${runtime.remedy}`);
  const user = await checkLaunch(payload.root, platform.launch);
  const build = { cache: context.folders.cache, signal: context.signal, log: context.log };
  const image = await packOciImage(payload, platform.launch, build);
  const { root } = await unpackOciImage(image, build);
  const folder = join(context.folders.runtime, platform.id);
  const { path: runtimeNamespace } = await createRuntimeNamespace(join(folder, 'namespaces'), runtime);
  const state = join(folder, 'state');
  await mkdir(state, { recursive: true });
  const { isSandbox } = runtime;
  const setup = { runtime, root, user, platform, context, runtimeNamespace, folder, state };
  return {
    facts: {
      accel: 'none',
      guest: null,
      version: runtime.version,
      network: isSandbox ? sandboxNetwork(platform.options, 'bridge-veth') : 'bridge-veth',
      compared: {
        ...plainFacts,
        root: 'overlayfs over the unpacked image',
        seccomp: await seccompName(platform.launch.box.seccomp),
        outputAccess: runtime.copiesOutput ? ownUser : null,
        ...(isSandbox && sandboxFacts(platform.options, 'overlayfs')),
      },
      details: {
        image: image.manifests.zstd.digest,
        ...(runtime.hiddenHierarchy === null ? {} : { hiddenHierarchy: runtime.hiddenHierarchy }),
      },
    },
    // The machine's kernel sees no execution of a workload that runs on another.
    marks: isSandbox ? ['spawned'] : ['spawned', 'exec'],
    create: (instance) => createContainer(instance, setup),
    images: async () => containerFigures(image, await allocatedBelow(root)),
    dispose: () => unmountBelow(folder),
  };
}
