/** How an engine's command line is reached. */
import { run, type CommandOptions, type CommandResult } from '../machine/command.ts';

export interface EngineCommand {
  /** What comes before the program, to enter the namespaces that the engine lives in; may be empty. */
  enter: readonly string[];
  program: string;
  /** Global options: where the engine listens or keeps its files. */
  args: readonly string[];
  /** The whole environment: nothing of the user's, whose proxies and credentials an engine would hand on. */
  env: Readonly<Record<string, string>>;
}

/** The whole command line for some arguments, the program to be started first. */
export function commandLine(
  { enter, program, args }: EngineCommand,
  more: readonly string[],
): [string, ...string[]] {
  const [first = program, ...rest] = [...enter, program, ...args, ...more];
  return [first, ...rest];
}

/** Runs one command of the engine to its end. Throws a CommandError unless its exit code is accepted. */
export function runEngine(
  engine: EngineCommand,
  args: readonly string[],
  options: Pick<CommandOptions, 'accept' | 'signal' | 'timeoutMs'> = {},
): Promise<CommandResult> {
  const [program, ...rest] = commandLine(engine, args);
  return run(program, rest, { ...options, env: { ...engine.env }, cleanEnv: true });
}
