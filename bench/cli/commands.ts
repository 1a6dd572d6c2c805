/** Every command. A new one is a file in commands/ with its options and its action, and a line here. */
import type { Command } from '@commander-js/extra-typings';
import type { CommandContext } from '../environment/context.ts';
import type { ExitCode } from '../environment/errors.ts';

/** What a command's file exports. It is loaded only for the command that is asked for. */
export interface CommandModule {
  /** Gives the command its arguments, its options and its action. */
  define: (command: Command, tools: CommandTools) => void;
}

export interface CommandTools {
  /** Runs an action with its context; its exit code is the program's. */
  act: (action: (context: CommandContext) => Promise<ExitCode>) => Promise<void>;
  /** The program with the options of all commands. */
  wholeProgram: () => Promise<Command>;
}

interface CommandEntry {
  /** Its arguments as the list of commands shows them. */
  takes: string;
  description: string;
  load: () => Promise<CommandModule>;
}

/** In the order of the help. */
export const commands: Readonly<Record<string, CommandEntry>> = {
  run: entry(
    '[scenario...]',
    'run scenarios, or any image or folder, and report',
    () => import('./commands/run.ts'),
  ),
  init: entry(
    '[payload]',
    'write a scenario for an image or folder; asks on a terminal',
    () => import('./commands/init.ts'),
  ),
  density: entry(
    '[scenario...]',
    'how many instances fit into a budget, and what stops the next one',
    () => import('./commands/density.ts'),
  ),
  claims: entry(
    '[suite|run...]',
    'fifteen classic claims, each with a verdict and its evidence',
    () => import('./commands/claims.ts'),
  ),
  build: entry(
    '[scenario...]',
    'build the payload and the images only, and say what they weigh',
    () => import('./commands/build.ts'),
  ),
  lab: entry(
    '<what> [scenario...]',
    'run scenarios in a virtual host with KVM and cgroup v2, on any machine',
    () => import('./commands/lab.ts'),
  ),
  fleet: entry(
    '<what> [name...]',
    'one scenario on many hosts, and their records as one, by class of host',
    () => import('./commands/fleet.ts'),
  ),
  report: entry('<run>', 'render the reports again from a record', () => import('./commands/report.ts')),
  compare: entry(
    '<run...>',
    'the difference between runs, with intervals; the first is the reference',
    () => import('./commands/compare.ts'),
  ),
  check: entry('<run>', 'gates, also against a reference run', () => import('./commands/check.ts')),
  history: entry(
    '',
    'trend of figures over stored runs, and where they have changed',
    () => import('./commands/history.ts'),
  ),
  site: entry(
    '',
    'a static site of all runs: reports, trends, comparisons',
    () => import('./commands/site.ts'),
  ),
  import: entry(
    '<csv>',
    'samples that others have measured, as a run that can be reported, compared and checked',
    () => import('./commands/import.ts'),
  ),
  doctor: entry('', 'what this machine can run, and why not', () => import('./commands/doctor.ts')),
  list: entry('<what>', 'what there is', () => import('./commands/list.ts')),
  clean: entry('', 'remove what killed runs left behind', () => import('./commands/clean.ts')),
  schema: entry('<what>', 'JSON Schema on stdout', () => import('./commands/schema.ts')),
  completion: entry(
    '<shell>',
    'completion script for a shell on stdout',
    () => import('./commands/completion.ts'),
  ),
  man: entry('', 'manual page on stdout: tare man | man -l -', () => import('./commands/man.ts')),
};

function entry(takes: string, description: string, load: CommandEntry['load']): CommandEntry {
  return { takes, description, load };
}
