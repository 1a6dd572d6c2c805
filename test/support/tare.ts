/** Tare as a user runs it: its own process, as built. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, start, type CommandResult } from '../../runners/machine/command.ts';

/** The repository. */
export const home = fileURLToPath(new URL('../..', import.meta.url));
/**
 * Arguments of Node that are Tare as built; `buildTare` keeps it up to date. Compiling the sources as they are loaded costs
 * seconds of CPU time with each start.
 */
export const builtTare: readonly string[] = [join(home, 'dist/bench/cli.js')];
/** The same from its sources, without a build. */
export const tareFromSources: readonly string[] = [
  ...['--import', createRequire(import.meta.url).resolve('tsx')],
  join(home, 'bench/cli.ts'),
];

/** Builds it where a source is newer than the last build. Before anything runs, since it writes what others read. */
export async function buildTare(): Promise<void> {
  await run(process.execPath, [join(home, 'bench/bootstrap.mjs'), 'build'], { cwd: home });
}

/** Folders of one test: its own runs, leases and sockets; the cache is shared, since building takes long. */
export interface Sandbox {
  folder: string;
  cache: string;
  env: Record<string, string>;
  /** Node that runs it; absent: the one of the tests. */
  node?: string;
  /** Program and arguments that become Tare, such as `nsenter` with a namespace; empty: nothing stands before it. */
  startedBy: readonly string[];
  /** Arguments of Node that are the program. */
  program: readonly string[];
  remove(): Promise<void>;
}

/** Payloads are built once for all tests; beside the packages, where it goes with the clone. */
export const sharedCache = fileURLToPath(new URL('../../node_modules/.cache/tare-tests', import.meta.url));

export async function makeSandbox(options: { cache?: string } = {}): Promise<Sandbox> {
  const folder = await mkdtemp(join(tmpdir(), 'tare-test-'));
  const cache = options.cache ?? sharedCache;
  return {
    folder,
    cache,
    env: {
      TARE_CACHE_DIR: cache,
      XDG_STATE_HOME: join(folder, 'state'),
      XDG_RUNTIME_DIR: join(folder, 'run'),
      NO_COLOR: '1',
    },
    startedBy: [],
    program: builtTare,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Runs to the end; any exit code is an answer. */
export function tare(
  sandbox: Sandbox,
  args: readonly string[],
  env: Record<string, string> = {},
  timeoutMs = 580_000,
): Promise<CommandResult> {
  const [program, ...rest] = commandLine(sandbox, args);
  return run(program, rest, {
    cwd: sandbox.folder,
    env: { ...sandbox.env, ...env },
    accept: [0, 1, 2, 3, 4, 5, 130, 143],
    timeoutMs,
  });
}

function commandLine(
  { startedBy, node = process.execPath, program }: Sandbox,
  args: readonly string[],
): [string, ...string[]] {
  const line = [...startedBy, node, ...program, ...args];
  return [line[0] ?? '', ...line.slice(1)];
}

export interface Started {
  pid: number;
  /** Everything it has printed on stderr so far. */
  stderr(): string;
  /** Resolves when stderr contains the text; rejects when the program ends before. */
  says(text: string): Promise<void>;
  exited: Promise<{ code: number | null; signal: string | null }>;
}

/** Starts it, to be interrupted. Ctrl-C reaches Tare alone, since what it starts leads process groups of its own. */
export function startTare(sandbox: Sandbox, args: readonly string[]): Started {
  const [program, ...rest] = commandLine(sandbox, args);
  const child = start(program, rest, { cwd: sandbox.folder, env: sandbox.env });
  let text = '';
  const listeners = new Set<() => void>();
  child.stdout.resume();
  child.stderr.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    for (const listener of listeners) listener();
  });
  return {
    pid: child.pid,
    stderr: () => text,
    says: (wanted) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          if (!text.includes(wanted)) return;
          listeners.delete(check);
          resolve();
        };
        listeners.add(check);
        check();
        void child.exited.then((exit) => {
          reject(new Error(`ended (${JSON.stringify(exit)}) before it said "${wanted}":\n${text}`));
        });
      }),
    exited: child.exited,
  };
}
