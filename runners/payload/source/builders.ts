/** Every source of payloads by name. A new one is a file here and a line in this table. */
import type { PayloadSource } from './source.ts';
import { containerfileSource } from './containerfile.ts';
import { debianSource } from './packages-source.ts';
import { directorySource } from './directory.ts';
import { ociSource } from './oci.ts';
import type { SourceBuilder } from './source-builder.ts';
import { tarSource } from './tar.ts';

type Name = PayloadSource['from'];

const sources: { [From in Name]: SourceBuilder<Extract<PayloadSource, { from: From }>> } = {
  debian: debianSource,
  oci: ociSource,
  containerfile: containerfileSource,
  directory: directorySource,
  tar: tarSource,
};

/** The builder of a source, which is to be handed that source alone. */
export function builderOf(source: PayloadSource): SourceBuilder<PayloadSource> {
  return sources[source.from];
}
