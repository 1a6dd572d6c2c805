/** `tare completion`: a completion script made from the program itself, so that it knows every command and option. */
import { Argument, type Command } from '@commander-js/extra-typings';
import { listBuiltIn } from '../../../scenarios/loader/load.ts';
import { measureNames } from '../../../scenarios/measures/measures.ts';
import { comparisonReporters } from '../../../reports/comparison/index.ts';
import { historyReporters } from '../../../reports/history/index.ts';
import { reporters } from '../../../reports/index.ts';
import type { CommandContext } from '../../environment/context.ts';
import { exitCodes, type ExitCode } from '../../environment/errors.ts';
import { knownPlatforms } from '../../doctor/known-platforms.ts';
import type { CommandTools } from '../commands.ts';

const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];

export function define(command: Command, { act, wholeProgram }: CommandTools): void {
  command
    .addArgument(new Argument('<shell>', 'which shell').choices(shells))
    .action((shell) => act(async (context) => completionCommand(shell, await wholeProgram(), context)));
}

/** What one command offers: words in the place of an argument, options, and words after an option. */
interface Offer {
  command: string;
  description: string;
  words: readonly string[];
  options: { flags: string[]; description: string; takesValue: boolean; values: readonly string[] }[];
}

const scripts = { bash, zsh, fish } satisfies Record<Shell, (offers: Offer[]) => string>;

function completionCommand(shell: Shell, program: Command, context: CommandContext): ExitCode {
  context.stdout.write(scripts[shell](offersOf(program)));
  return exitCodes.done;
}

function offersOf(program: Command): Offer[] {
  const values: Record<string, readonly string[]> = {
    platform: knownPlatforms().map((platform) => platform.id),
    measure: measureNames,
    reporter: [...Object.keys(reporters), 'json'],
    resume: ['last'],
  };
  const reportersOf: Record<string, readonly string[]> = {
    history: Object.keys(historyReporters),
    compare: Object.keys(comparisonReporters),
  };
  const places: Record<string, readonly string[]> = {
    scenario: listBuiltIn().map((scenario) => scenario.name),
    run: ['last'],
  };
  return program.commands.map((command) => ({
    command: command.name(),
    description: command.description(),
    words: command.registeredArguments.flatMap((each) => each.argChoices ?? places[each.name()] ?? []),
    options: command.options.map((option) => ({
      flags: [option.short, option.long].filter((flag) => flag !== undefined),
      description: option.description,
      takesValue: option.required || option.optional,
      values:
        option.argChoices ??
        (option.name() === 'reporter' ? reportersOf[command.name()] : undefined) ??
        values[option.name()] ??
        [],
    })),
  }));
}

/** Words that nothing else is known for are completed as file names by the shell (`-o default`). */
function bash(offers: Offer[]): string {
  const afterOption = offers.flatMap(({ command, options }) =>
    options
      .filter((option) => option.takesValue)
      .map(
        ({ flags, values }) =>
          `    ${flags.map((flag) => `'${command} ${flag}'`).join('|')}) words='${values.join(' ')}';;`,
      ),
  );
  const inCommand = offers.map(({ command, words, options }) => {
    const flags = options.flatMap((option) => option.flags);
    return `    ${command}) if [[ $current == -* ]]; then words='${flags.join(' ')}'; else words='${words.join(' ')}'; fi;;`;
  });
  return `# bash completion of tare; load it with: source <(tare completion bash)
_tare() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command=\${COMP_WORDS[1]} words=''
  COMPREPLY=()
  if [[ $COMP_CWORD -eq 1 ]]; then
    mapfile -t COMPREPLY < <(compgen -W '${offers.map((offer) => offer.command).join(' ')} help --help --version' -- "$current")
    return
  fi
  case "$command $previous" in
${afterOption.join('\n')}
    *) case $command in
${inCommand.join('\n')}
    esac;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -o default -F _tare tare
`;
}

function zsh(offers: Offer[]): string {
  const commands = offers.map(({ command, description }) => quote(`${command}:${description}`)).join(' ');
  const cases = offers.map(({ command, words, options }) => {
    const specs = options.flatMap(({ flags, description, takesValue, values }) =>
      flags.map((flag) => {
        const action = values.length > 0 ? `(${values.join(' ')})` : '_files';
        // Brackets and colons delimit the parts of a specification.
        const about = description.replace(/[[\]:]/g, (sign) => `\\${sign}`);
        return quote(`*${flag}[${about}]${takesValue ? `:value:${action}` : ''}`);
      }),
    );
    const rest = quote(
      `*:argument:${words.length > 0 ? `{_alternative 'w:word:(${words.join(' ')})' 'f:file:_files'}` : '_files'}`,
    );
    return `    ${command}) _arguments ${[...specs, rest].join(' ')};;`;
  });
  return `#compdef tare
# zsh completion of tare; save it as _tare in a folder of $fpath
_tare() {
  local -a commands=(${commands})
  if (( CURRENT == 2 )); then _describe command commands; return; fi
  local command=$words[2]
  shift words; (( CURRENT-- ))
  case $command in
${cases.join('\n')}
  esac
}
compdef _tare tare
`;
}

function fish(offers: Offer[]): string {
  const lines = offers.flatMap(({ command, description, words, options }) => {
    const inside = `complete -c tare -n '__fish_seen_subcommand_from ${command}'`;
    return [
      `complete -c tare -n __fish_use_subcommand -a ${command} -d ${quote(description)}`,
      ...(words.length > 0 ? [`${inside} -a ${quote(words.join(' '))}`] : []),
      ...options.map(({ flags, description: about, takesValue, values }) => {
        const names = flags.map((flag) =>
          flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`,
        );
        const value = takesValue ? ` -r${values.length > 0 ? ` -a ${quote(values.join(' '))}` : ''}` : '';
        return `${inside} ${names.join(' ')}${value} -d ${quote(about)}`;
      }),
    ];
  });
  return `# fish completion of tare; load it with: tare completion fish | source\n${lines.join('\n')}\n`;
}

/** One word for a POSIX shell, zsh and fish alike. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
