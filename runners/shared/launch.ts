/** The start of an instance's main program: a short chain of execs that stays one process. */
import { readFile, realpath } from 'node:fs/promises';
import { assetFile } from '../machine/asset.ts';
import { start, type RunningCommand, type StartOptions } from '../machine/command.ts';
import { createPipe } from '../machine/pipe.ts';
import { requireProgram } from '../machine/programs.ts';

export interface Launcher {
  program: string;
  args: string[];
}

/**
 * @param openFiles null: those of this process
 * @param when `wait`: only once `Waiting.go` was called; the command line must then be started by `lineUp`
 * @returns the beginning of a command line that joins the cgroups and then becomes what follows it
 */
export async function createLauncher(
  joinFiles: readonly string[],
  when: 'now' | 'wait' = 'now',
): Promise<Launcher> {
  return {
    // By its real name: the tracer takes an execution of the workload's command for its start, and that may be /bin/sh.
    program: await realpath(await requireProgram('sh')),
    // By its text: whoever it runs as by then may not be allowed to enter the folder of this program, /root for one.
    args: ['-c', await launchScript(), 'launch.sh', when, ...joinFiles, '--'],
  };
}

function launchScript(): Promise<string> {
  return readFile(assetFile('runners/shared/launch.sh'), 'utf8');
}

/** A program on the starting line: forked and in its cgroups, so that neither is part of what is timed. */
export interface Waiting {
  /** What it prints after `go`, errors too, is in its standard output, which is a pipe that can be opened again by name. */
  readonly command: RunningCommand;
  /** Hands over: the launcher becomes the program. */
  go(): void;
}

/** What a launcher prints once it waits. */
const waits = 'waiting\n';

/**
 * Starts a command line that has a waiting launcher in it; resolves when the launcher waits. Throws, with what it
 * said, when it ends before that.
 *
 * @param folder of the run, where a pipe has its name for a moment
 */
export async function lineUp(
  program: string,
  args: readonly string[],
  folder: string,
  options: StartOptions = {},
): Promise<Waiting> {
  const command = start(program, args, { ...options, output: await createPipe(folder) });
  let said = '';
  const isWaiting = new Promise<true>((resolve) => {
    command.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.endsWith(waits)) resolve(true);
    });
  });
  const ended = command.exited.then(() => false as const);
  const isLinedUp = await Promise.race([isWaiting, ended]);
  // Nothing more is printed until `go`; what the program prints then is for whoever listens by then.
  command.stdout.removeAllListeners('data');
  if (!isLinedUp) throw new Error(`${program}: the instance's launcher ended at once: ${said.trim()}`);
  return {
    command,
    go: () => {
      command.stdin.end('\n');
    },
  };
}

/** Ends what waits or runs, and waits until it is gone. */
export async function dismiss({ command }: Waiting): Promise<void> {
  command.kill('SIGKILL');
  await command.gone;
}
