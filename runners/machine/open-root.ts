/** A root file system to be read, and nothing else. */
export interface OpenRoot {
  folder: string;
  close(): Promise<void>;
}
