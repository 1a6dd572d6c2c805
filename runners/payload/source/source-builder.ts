/** What every source of payloads implements. A new one is a file here and a line in builders.ts. */
import type { BuildContext } from '../build-payload.ts';
import type { InstalledPackage } from './packages.ts';
import type { SourceImage } from '../payload.ts';

export interface Filled {
  packages: InstalledPackage[];
  /** The container image that the files come from; null: none. */
  image: SourceImage | null;
}

export interface SourceBuilder<Source> {
  /** What is done and how long it takes, for the person who waits. */
  about(source: Source): string;
  /** The source with everything settled that may mean something else tomorrow, such as an image's tag. */
  pin(source: Source, context: BuildContext): Promise<Source>;
  /** What makes the pinned source this one and no other, plain JSON: a part of the cache's key. */
  identity(source: Source, context: BuildContext): Promise<readonly unknown[]>;
  /** Makes the folder `root`, which does not exist, with the root file system in it. Throws an ImageError when it cannot. */
  fill(source: Source, root: string, context: BuildContext): Promise<Filled>;
}
