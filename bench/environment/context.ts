/**
 * What a command gets instead of globals: streams, environment, clock, signal, log and folders. Nothing below the
 * command layer reads argv, the environment or the terminal.
 */
import type { Log } from '../../runners/machine/log.ts';

export interface UserFolders {
  /** Payloads, images, kernels, probe answers. `--cache-dir`, TARE_CACHE_DIR, else XDG_CACHE_HOME/tare. */
  cache: string;
  /** Leases. XDG_STATE_HOME/tare. */
  state: string;
  /** Sockets: short paths. XDG_RUNTIME_DIR/tare, else /run/tare. */
  runtime: string;
}

export interface CommandContext {
  stdin: NodeJS.ReadableStream;
  /** Data only. */
  stdout: NodeJS.WritableStream;
  /** Progress and log. */
  stderr: NodeJS.WritableStream;
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  /** Aborted on SIGINT, SIGTERM and SIGHUP; its reason is the signal's name. */
  signal: AbortSignal;
  log: Log;
  folders: UserFolders;
  /** Keeps lines in sight below everything else until the next call; no lines: none. Null where stderr is no terminal. */
  live: ((lines: readonly string[]) => void) | null;
  /** Width that was asked for, else of the terminal that stdout is; null when it is none. */
  columns: number | null;
  /** Names of the columns that the table is to have; null: what there is room for. */
  show: readonly string[] | null;
  /** Whether stdout may carry colour: NO_COLOR, FORCE_COLOR, CI and the terminal taken together. */
  colour: boolean;
}
