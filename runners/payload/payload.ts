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

/** A payload with the container image that it is made of; null where it is made of none. */
export interface BuiltPayload extends Payload {
  image: SourceImage | null;
}

/** The container image that a payload is made of. */
export interface SourceImage {
  /** `sha256:…`: of the manifest where a registry knows the image by it, else of the configuration (the image's id). */
  digest: string;
  config: SourceImageConfig;
}

/** What an image says of the start (https://github.com/opencontainers/image-spec, config.md); empty: it says nothing. */
export interface SourceImageConfig {
  entrypoint: string[];
  command: string[];
  environment: Record<string, string>;
  user: string;
  workdir: string;
  /** TCP ports that it exposes, ascending. */
  tcpPorts: number[];
  /** As the image has it: `SIGQUIT`, `QUIT` or a number. */
  stopSignal: string;
  /** Absolute paths; engines make folders there. */
  volumes: string[];
}
