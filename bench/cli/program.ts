/** The command line: every command with its options, and the way of one invocation from arguments to exit code. */
import { defaultScenario, densityScenario } from '../../scenarios/loader/built-in.ts';
import { Argument, Command, CommanderError, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { hasChoices, hasRunChoices } from './choices.ts';
import type { CommandContext } from '../environment/context.ts';
import type { GlobalOptions } from './context-from-process.ts';
import { exitCodes, type ExitCode } from '../environment/errors.ts';
import { addHistoryAndImport } from './program-history.ts';
import { addReportOptions, addRunOptions } from './option-groups.ts';
import * as options from './options.ts';
import { tareVersion } from '../environment/package.ts';
import { labActions, listSubjects, schemaSubjects, shells } from './vocabulary.ts';

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
  const state: { exitCode: ExitCode } = { exitCode: exitCodes.done };
  await createProgram(host, (exitCode) => {
    state.exitCode = exitCode;
  }).parseAsync(argv, { from: 'user' });
  return state.exitCode;
}

/** The program with all its commands; `finish` gets the exit code of the one that ran. */
function createProgram(host: ProgramHost, finish: (exitCode: ExitCode) => void): Command {
  const opened: { context: CommandContext | null } = { context: null };
  const act = async (action: (context: CommandContext) => Promise<ExitCode>): Promise<void> => {
    if (!opened.context) throw new Error('a command ran before its context was made');
    finish(await action(opened.context));
  };
  const program = new Command('tare')
    .description(
      'Weighs the box around a workload: the same payload as a process, as containers and as virtual machines.',
    )
    .version(tareVersion, '-V, --version')
    .helpCommand('help [command]', 'help on a command')
    .exitOverride()
    .showHelpAfterError('(tare --help lists the commands; tare help COMMAND its options)')
    .hook('preAction', async (_program, command) => {
      opened.context = await host.open(command);
    });

  const scenarioArgument = new Argument('[scenario...]', 'scenario file or built-in name').default(
    [defaultScenario],
    defaultScenario,
  );
  const runArgument = new Argument(
    '<run>',
    "a run's folder, its run.json, an id under .tare/runs, or `last`",
  );

  addRunOptions(
    program
      .command('run')
      .description('run scenarios and report')
      .addArgument(scenarioArgument)
      .addOption(options.platformOption)
      .addOption(options.measureOption)
      .addOption(options.samplesOption),
  ).action((scenarios, chosen, command) =>
    act(async (context) => {
      const { runCommand } = await import('./commands/run.ts');
      return await runCommand(
        { ...chosen, scenarios, hasChoices: hasChoices(command, command.args) },
        context,
      );
    }),
  );

  addRunOptions(
    program
      .command('density')
      .description('how many instances fit into a budget, and what stops the next one')
      .addArgument(
        new Argument('[scenario...]', 'scenario file or built-in name').default(
          [densityScenario],
          densityScenario,
        ),
      )
      .addOption(options.platformOption),
  ).action((scenarios, chosen, command) =>
    act(async (context) => {
      const { densityCommand } = await import('./commands/density.ts');
      return await densityCommand(
        { ...chosen, scenarios, hasChoices: hasChoices(command, command.args) },
        context,
      );
    }),
  );

  addReportOptions(
    program
      .command('build')
      .description('build the payload and the images only, and say what they weigh')
      .addArgument(scenarioArgument)
      .addOption(options.platformOption)
      .addOption(options.accelOption),
  ).action((scenarios, chosen) =>
    act(async (context) =>
      (await import('./commands/build.ts')).buildCommand({ ...chosen, scenarios }, context),
    ),
  );

  addRunOptions(
    program
      .command('lab')
      .description('run scenarios in a virtual host with KVM and cgroup v2, on any machine')
      .addArgument(new Argument('<what>', 'what to do with the lab').choices(labActions))
      .addArgument(scenarioArgument)
      .addOption(options.labMemoryOption)
      .addOption(options.labCpusOption)
      .addOption(options.labAccelOption)
      .addOption(options.virtualTimeOption)
      .addOption(options.platformOption)
      .addOption(options.measureOption)
      .addOption(options.samplesOption),
  ).action((what, scenarios, chosen, command) =>
    act(async (context) => {
      const { labCommand } = await import('./commands/lab.ts');
      const named = command.args.slice(1);
      return await labCommand(
        { ...chosen, what, named, scenarios, hasChoices: hasChoices(command, named) },
        context,
      );
    }),
  );

  addReportOptions(
    program.command('report').description('render the reports again from a record').addArgument(runArgument),
  ).action((run, chosen) =>
    act(async (context) => (await import('./commands/report.ts')).reportCommand({ ...chosen, run }, context)),
  );

  program
    .command('compare')
    .description('the difference between runs, with intervals; the first is the reference')
    .argument('<run...>', "two or more of: a run's folder, its run.json, an id under .tare/runs, `last`")
    .addOption(options.platformOption)
    .addOption(options.measureOption)
    .option('--force', 'compare also what is not comparable, and say so in the output')
    .addOption(options.abOption)
    .addOption(options.samplesOption)
    .addOption(options.seedOption)
    .addOption(options.accelOption)
    .addOption(options.outOption)
    .addOption(options.jsonOption)
    .action((runs, chosen, command) =>
      act(async (context) => {
        const { compareCommand } = await import('./commands/compare.ts');
        return await compareCommand({ ...chosen, runs, hasChoices: hasRunChoices(command) }, context);
      }),
    );

  addReportOptions(
    program
      .command('check')
      .description('gates, also against a reference run')
      .addArgument(runArgument)
      .option(
        '--against <run|file|dir>',
        'a run, a reference file, or a folder of reference files (default: tare-references)',
      )
      .addOption(options.budgetOption)
      .option(
        '--self-test',
        'test the gates themselves: false alarms on identical starts, and whether a slowdown is found; kept beside the run',
      )
      .addOption(options.injectOption)
      .option('--update', 'make this run the reference, and show what changes')
      .option('--force', 'check also what is not comparable, and say so in the output')
      .option('--fail-on-inconclusive', 'exit 5 if a gate is inconclusive'),
  ).action((run, chosen) =>
    act(async (context) => (await import('./commands/check.ts')).checkCommand({ ...chosen, run }, context)),
  );

  addHistoryAndImport(program, act);

  program
    .command('doctor')
    .description('what this machine can run, and why not')
    .option('--fix', 'install what is missing (Debian and Ubuntu, as root)')
    .option('--tests', "also check what this project's own tests need")
    .addOption(options.jsonOption)
    .action((chosen) =>
      act(async (context) => (await import('./commands/doctor.ts')).doctorCommand(chosen, context)),
    );

  program
    .command('list')
    .description('what there is')
    .addArgument(new Argument('<what>', 'what to list').choices(listSubjects))
    .addOption(options.jsonOption)
    .action((subject, chosen) =>
      act(async (context) =>
        (await import('./commands/list.ts')).listCommand({ ...chosen, subject }, context),
      ),
    );

  program
    .command('clean')
    .description('remove what killed runs left behind')
    .option('--all', 'also the cache: payloads, images, kernels')
    .action((chosen) =>
      act(async (context) => (await import('./commands/clean.ts')).cleanCommand(chosen, context)),
    );

  program
    .command('schema')
    .description('JSON Schema on stdout')
    .addArgument(new Argument('<what>', 'of which document').choices(schemaSubjects))
    .action((subject) =>
      act(async (context) => (await import('./commands/schema.ts')).schemaCommand(subject, context)),
    );

  program
    .command('completion')
    .description('completion script for a shell on stdout')
    .addArgument(new Argument('<shell>', 'which shell').choices(shells))
    .action((shell) =>
      act(async (context) =>
        (await import('./commands/completion.ts')).completionCommand(shell, program, context),
      ),
    );

  for (const command of program.commands) {
    command.addOption(options.cacheDirOption);
    command.addOption(options.quietOption);
    command.addOption(options.verboseOption);
  }
  return program;
}
