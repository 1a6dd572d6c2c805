/** The payload: the workload's built root filesystem, known by the digest of its manifest. */
export interface Payload {
  /** `sha256:…` over the canonical manifest (path, type, mode, owner, size, content, link target, xattrs). */
  digest: string;
  /** Folder with the root filesystem; never written to after the build. */
  root: string;
  /** The manifest file: one JSON object a line, sorted by path. */
  manifest: string;
  /** Number of files of all types. */
  files: number;
  /** Sum of regular files' sizes, hard links once. */
  bytes: number;
  /** Name and version of each installed package. */
  packages: { name: string; version: string }[];
  /** How long the build took, milliseconds; null when it came from the cache. */
  buildMs: number | null;
}
