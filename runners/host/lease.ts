/**
 * The lease of a run: a list, on disk, of everything the run creates outside its own directory. An entry is written
 * and flushed *before* the thing exists, so that `tare clean` can remove what a killed run left behind.
 */

export type LeaseEntry =
  /** A cgroup (on v1: of that path in every hierarchy) with all its processes and children. */
  | { kind: 'cgroup'; path: string }
  /** A named network namespace with all processes in it and every device that lives in it. */
  | { kind: 'netns'; name: string }
  /** A mount point. */
  | { kind: 'mount'; path: string }
  /** A folder with all mounts below it. */
  | { kind: 'folder'; path: string }
  /** A tracing instance in tracefs. */
  | { kind: 'tracer'; name: string };

export interface Lease {
  readonly file: string;
  /** Resolves when the entry is safely on disk. */
  add(entry: LeaseEntry): Promise<void>;
  /** The thing is gone; the entry need not be cleaned any more. */
  drop(entry: LeaseEntry): Promise<void>;
}
