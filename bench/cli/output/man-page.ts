/** The manual page, made of the program itself: what `--help` shows of every command, in the language of man(7). */
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { exitCodes } from '../../environment/errors.ts';

const exitMeanings: Record<keyof typeof exitCodes, string> = {
  done: 'Done, and no gate failed.',
  gateFailed: 'A gate failed.',
  usage: 'A mistake on the command line, in a scenario or in a record.',
  unfit: 'This machine cannot do it.',
  failed: 'A platform or a measure failed; the others are reported.',
  inconclusive: 'A gate is inconclusive, with --fail-on-inconclusive.',
  interrupted: 'Interrupted by Ctrl-C; the run cleaned up after itself.',
  terminated: 'Ended by another signal; the run cleaned up after itself.',
};

/** Beside those of options. */
const variables: readonly [name: string, meaning: string][] = [
  ['NO_COLOR, FORCE_COLOR, CI', 'No colors, colors also where stdout is not a terminal, no live display.'],
  ['TARE_DEBUG', 'With the value commands, every external command is printed with its time.'],
  ['XDG_CACHE_HOME, XDG_STATE_HOME, XDG_RUNTIME_DIR', 'Where cache, leases and sockets are kept.'],
];

const files: readonly [path: string, meaning: string][] = [
  ['tare.yaml', 'The project file: options by their long names.'],
  ['.tare/runs', 'The runs of this folder, each with record (run.json), journal, logs and reports.'],
  ['~/.cache/tare', 'Payloads, images and kernels.'],
  ['~/.local/state/tare', 'Leases: what runs have made and must remove.'],
];

/**
 * @param program with the options of all its commands
 * @param common options that every command has
 */
export function manPage(program: CommandUnknownOpts, common: readonly Option[], version: string): string {
  const help = program.createHelp();
  const isCommon = (option: Option): boolean => common.some(({ flags }) => flags === option.flags);
  const entryOf = (option: Option): string =>
    entry(help.optionTerm(option), sentence(help.optionDescription(option)));
  const commands = program.commands.flatMap((command) => [
    `.SS ${escape(`tare ${help.subcommandTerm(command)}`)}`,
    escape(sentence(command.description())),
    ...help
      .visibleArguments(command)
      .map((argument) => entry(help.argumentTerm(argument), sentence(help.argumentDescription(argument)))),
    ...command.options.filter((option) => !isCommon(option)).map(entryOf),
  ]);
  const named = [...new Set(program.commands.flatMap(({ options }) => options))];
  const byVariable = new Map(
    named.flatMap((option): [string, string][] =>
      option.envVar === undefined ? [] : [[option.envVar, `The same as ${option.long ?? option.flags}.`]],
    ),
  );
  return [
    `.TH TARE 1 "" "tare ${version}" "User Commands"`,
    ...section('NAME', [`tare \\- ${escape('weighs the box around a workload')}`]),
    ...section('SYNOPSIS', ['.B tare', '.I command', '[\\fIoptions\\fR] [\\fIarguments\\fR]']),
    ...section('DESCRIPTION', [
      escape(program.description()),
      '.PP',
      escape(
        'Data goes to stdout, progress and messages to stderr. Options have precedence over the environment,',
      ),
      escape('the environment over the project file, and the project file over the defaults.'),
    ]),
    ...section('COMMANDS', commands),
    ...section('OPTIONS OF EVERY COMMAND', common.map(entryOf)),
    ...section(
      'EXIT STATUS',
      Object.entries(exitMeanings).map(([name, meaning]) =>
        entry(String(exitCodes[name as keyof typeof exitCodes]), meaning),
      ),
    ),
    ...section(
      'ENVIRONMENT',
      [...byVariable, ...variables].map(([name, meaning]) => entry(name, meaning)),
    ),
    ...section(
      'FILES',
      files.map(([path, meaning]) => entry(path, meaning)),
    ),
    ...section('EXAMPLES', [
      entry('tare run tiny --samples 5', 'Weigh a small web server.'),
      entry('tare run ./shop', 'Weigh a folder with a Containerfile.'),
      entry('tare compare 20260115-093000-tomcat last', 'Show what has changed since that run.'),
    ]),
    '',
  ].join('\n');
}

type Option = CommandUnknownOpts['options'][number];

function section(title: string, lines: readonly string[]): string[] {
  return [`.SH ${title}`, ...lines];
}

/** A term in bold, and below it what it means. */
function entry(term: string, meaning: string): string {
  return `.TP\n\\fB${escape(term)}\\fR\n${escape(meaning)}`;
}

function sentence(text: string): string {
  const whole = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.)]$/.test(whole) ? whole : `${whole}.`;
}

/** Text that troff prints as it is, also at the beginning of a line. */
function escape(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll("'", '\\(aq')
    .replaceAll('`', '\\(ga')
    .replace(/^\./, '\\&.');
}
