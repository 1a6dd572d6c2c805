/** The one place that looks at the process: makes a command's context from its streams, environment and signals. */
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { monotonicMs } from '../../runners/machine/clock.ts';
import { reportCommands, type CommandReport } from '../../runners/machine/command.ts';
import type { CommandContext } from '../environment/context.ts';
import { userFolders } from '../environment/paths.ts';
import type { TableColumns } from './options.ts';
import { createTerminalLog } from './output/terminal-log.ts';

/** Options that every command has, as the command line gives them. */
export interface GlobalOptions {
  quiet?: true | undefined;
  verbose?: true | undefined;
  cacheDir?: string | undefined;
  /** Of commands that print a table. */
  columns?: TableColumns | undefined;
}

/** Signals that end a run in order; the first asks, the second insists. */
const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export function contextFromProcess(options: GlobalOptions): CommandContext {
  const { env, stdin, stdout, stderr } = process;
  const cwd = process.cwd();
  const tellsCommands = env['TARE_DEBUG'] === 'commands';
  if (tellsCommands) {
    reportCommands((command) => {
      stderr.write(commandLine(command));
    });
  }
  const log = createTerminalLog({
    stream: stderr,
    columns:
      stderr.isTTY && !tellsCommands && env['TERM'] !== 'dumb' && !env['CI'] ? columnsOf(stderr) : null,
    level: options.quiet ? 'quiet' : options.verbose ? 'verbose' : 'normal',
    now: monotonicMs,
  });
  return {
    stdin,
    stdout,
    stderr,
    env,
    cwd,
    signal: abortOnSignals(),
    log,
    live: log.live,
    folders: userFolders({
      env,
      home: homedir(),
      uid: process.getuid?.() ?? 0,
      cacheDir: options.cacheDir === undefined ? null : resolve(cwd, options.cacheDir),
    }),
    columns: options.columns?.width ?? (stdout.isTTY ? columnsOf(stdout) : null),
    show: options.columns?.names ?? null,
    colour: wantsColour(env, stdout.isTTY),
  };
}

/** `command 12.3 ms exit 0: ip netns add tare-1`, one line whatever the arguments hold. */
export function commandLine({ program, args, durationMs, outcome }: CommandReport): string {
  const time = durationMs === null ? '' : `${durationMs.toFixed(1)} ms `;
  const words = [program, ...args].map((word) =>
    /^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word),
  );
  return `command ${time}${outcome}: ${words.join(' ')}\n`;
}

/**
 * https://no-color.org and https://force-color.org: any non-empty value counts, and forcing wins over a missing
 * terminal but not over NO_COLOR. A CI log is no terminal, whatever it claims to be.
 */
export function wantsColour(
  env: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean | undefined,
): boolean {
  if (env['NO_COLOR']) return false;
  if (env['FORCE_COLOR']) return env['FORCE_COLOR'] !== '0';
  return isTerminal === true && !env['CI'] && env['TERM'] !== 'dumb';
}

function abortOnSignals(): AbortSignal {
  const controller = new AbortController();
  for (const name of endingSignals) {
    process.on(name, () => {
      if (!controller.signal.aborted) {
        process.stderr.write(`\n${name}: cleaning up; press Ctrl-C again to stop immediately\n`);
        controller.abort(name);
        return;
      }
      process.stderr.write('\nstopped at once: run `tare clean` to remove what is left\n');
      process.exit(exitCodeOfSignal(name));
    });
  }
  return controller.signal;
}

/** 130 for Ctrl-C, 143 for every other request to end. */
export function exitCodeOfSignal(name: unknown): 130 | 143 {
  return name === 'SIGINT' ? 130 : 143;
}

/** Some terminals, such as a serial line, do not know their width and say 0. */
function columnsOf({ columns }: { columns: number }): number {
  return columns > 0 ? columns : 80;
}
