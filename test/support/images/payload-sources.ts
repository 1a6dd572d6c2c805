/** Sources of payloads for tests, and building from them. */
import { buildPayload } from '../../../runners/payload/build-payload.ts';
import type { BuiltPayload } from '../../../runners/payload/payload.ts';
import type { OciSource, PayloadSource } from '../../../runners/payload/source/source.ts';
import { contextOf, temporaryFolder } from '../../runners/payload/trees.ts';

/** An image with everything else at its default, but for registries without certificates. */
export function imageSource(name: string, changes: Partial<OciSource> = {}): OciSource {
  return {
    from: 'oci',
    image: name,
    digest: null,
    tlsVerify: false,
    timeoutMs: 60_000,
    files: [],
    remove: [],
    ...changes,
  };
}

/** Builds it from nothing: the cache is the test's own. */
export async function buildFrom(source: PayloadSource): Promise<BuiltPayload> {
  return await buildPayload(source, contextOf(await temporaryFolder()));
}
