/** The command line: the program with its commands, and the way of one invocation from arguments to exit code. */
import { Command, CommanderError, type CommandUnknownOpts } from '@commander-js/extra-typings';
import type { CommandContext } from '../environment/context.ts';
import { exitCodes, type ExitCode } from '../environment/errors.ts';
import { tareVersion } from '../environment/package.ts';
import { commands, type CommandTools } from './commands.ts';
import type { GlobalOptions } from './context-from-process.ts';
import { cacheDirOption, quietOption, verboseOption } from './global-options.ts';

interface ProgramHost {
  /** Makes the context of the command that was asked for; called once, before its action. */
  open(command: CommandUnknownOpts): Promise<CommandContext>;
}

/** Runs one invocation and returns its exit code. Never throws. */
export async function runProgram(argv: readonly string[]): Promise<number> {
  let globals: GlobalOptions = {};
  let context: CommandContext | null = null;
  try {
    return await invoke(argv, {
      async open(command) {
        const { applyProjectFile } = await import('./project-file.ts');
        const { contextFromProcess } = await import('./context-from-process.ts');
        await applyProjectFile(command, process.cwd());
        globals = command.opts();
        context = contextFromProcess(globals);
        return context;
      },
    });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    const { reportError } = await import('./report-error.ts');
    return reportError(error, process.stderr, { verbose: globals.verbose === true, context });
  }
}

async function invoke(argv: readonly string[], host: ProgramHost): Promise<ExitCode> {
  const state: { exitCode: ExitCode; context: CommandContext | null } = {
    exitCode: exitCodes.done,
    context: null,
  };
  const tools: CommandTools = {
    async act(action) {
      if (!state.context) throw new Error('a command ran before its context was made');
      state.exitCode = await action(state.context);
    },
    wholeProgram: () => createProgram(Object.keys(commands), tools),
  };
  const program = await createProgram(argv, tools);
  program.hook('preAction', async (_program, command) => {
    state.context = await host.open(command);
  });
  await program.parseAsync(argv, { from: 'user' });
  return state.exitCode;
}

/**
 * The program with all its commands. Only those that `named` names have options: loading all of them would make the list
 * of commands slow.
 */
export async function createProgram(named: readonly string[], tools: CommandTools): Promise<Command> {
  const program = new Command('tare')
    .description(
      'Weighs the box around a workload: the same payload as a process, as containers and as virtual machines.',
    )
    .version(tareVersion, '-V, --version')
    .helpCommand('help [command]', 'help on a command')
    .configureHelp({ subcommandTerm: termOf })
    .exitOverride()
    .showHelpAfterError('(tare --help lists the commands; tare help COMMAND its options)');
  for (const [name, { description, load }] of Object.entries(commands)) {
    const command = program.command(name).description(description);
    if (named.includes(name)) (await load()).define(command, tools);
    command.addOption(cacheDirOption).addOption(quietOption).addOption(verboseOption);
  }
  return program;
}

/** A command in the list of commands. */
function termOf(command: CommandUnknownOpts): string {
  const name = command.name();
  const takes = commands[name]?.takes;
  if (takes === undefined)
    return `${name} ${command.registeredArguments.map((each) => `[${each.name()}]`).join(' ')}`;
  return `${name} [options] ${takes}`.trim();
}
