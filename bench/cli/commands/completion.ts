/** `tare completion`: a completion script made from the program itself, so that it knows every command and option. */
import { Argument, type Command } from '@commander-js/extra-typings';
import { listBuiltIn } from '../../../scenarios/loader/load.ts';
import { listMetrics, measureNames } from '../../../scenarios/measures/measures.ts';
import { comparisonReporters } from '../../../reports/comparison/index.ts';
import { historyReporters } from '../../../reports/history/index.ts';
import { reporters } from '../../../reports/index.ts';
import type { CommandContext } from '../../environment/context.ts';
import { exitCodes, type ExitCode } from '../../environment/errors.ts';
import { suites } from '../../claims/suites.ts';
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
interface Offer extends Words {
  command: string;
  description: string;
  options: ({ flags: string[]; description: string; takesValue: boolean } & Words)[];
}

interface Words {
  words: readonly string[];
  /** Also the runs of the working folder, which the shell looks up when it completes. */
  runs: boolean;
}

/** Shell: names of the runs here, one a line. Shells evaluate what they complete, so any other name stays out. */
const listRuns = "command ls .tare/runs 2>/dev/null | command grep -xE '[A-Za-z0-9._-]+'";

const scripts = { bash, zsh, fish } satisfies Record<Shell, (offers: Offer[]) => string>;

function completionCommand(shell: Shell, program: Command, context: CommandContext): ExitCode {
  context.stdout.write(scripts[shell](offersOf(program)));
  return exitCodes.done;
}

function offersOf(program: Command): Offer[] {
  const values: Record<string, readonly string[]> = {
    platform: knownPlatforms().map((platform) => platform.id),
    measure: measureNames,
    metric: listMetrics().map(({ name }) => name),
    reporter: [...Object.keys(reporters), 'json'],
  };
  const reportersOf: Record<string, readonly string[]> = {
    history: Object.keys(historyReporters),
    compare: Object.keys(comparisonReporters),
  };
  const places: Record<string, readonly string[]> = {
    scenario: listBuiltIn().map((scenario) => scenario.name),
    suite: Object.keys(suites),
  };
  return program.commands.map((command) => ({
    command: command.name(),
    description: command.description(),
    ...withRuns(
      command.registeredArguments.flatMap((each) => each.argChoices ?? placesOf(each.name(), places)),
      command.registeredArguments.some((each) => each.name().split('|').includes('run')),
    ),
    options: command.options.map((option) => ({
      flags: [option.short, option.long].filter((flag) => flag !== undefined),
      description: option.description,
      takesValue: option.required || option.optional,
      ...withRuns(
        option.argChoices ??
          (option.name() === 'reporter' ? reportersOf[command.name()] : undefined) ??
          values[option.name()] ??
          [],
        takesRun(option.flags),
      ),
    })),
  }));
}

/** Words for an argument such as `suite|run`. */
function placesOf(name: string, places: Readonly<Record<string, readonly string[]>>): readonly string[] {
  return name.split('|').flatMap((place) => places[place] ?? []);
}

function withRuns(words: readonly string[], runs: boolean): Words {
  return { words: runs ? [...words, 'last'] : words, runs };
}

/** `--resume <run>`, `--against <run|file>` */
function takesRun(flags: string): boolean {
  return /<run\b/.test(flags);
}

/** Words that nothing else is known for are completed as file names by the shell (`-o default`). */
function bash(offers: Offer[]): string {
  const afterOption = offers.flatMap(({ command, options }) =>
    options
      .filter((option) => option.takesValue)
      .map(
        ({ flags, ...offered }) =>
          `    ${flags.map((flag) => `'${command} ${flag}'`).join('|')}) words=${inBash(offered)};;`,
      ),
  );
  const inCommand = offers.map(({ command, options, ...offered }) => {
    const flags = options.flatMap((option) => option.flags);
    return `    ${command}) if [[ $current == -* ]]; then words='${flags.join(' ')}'; else words=${inBash(offered)}; fi;;`;
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

function inBash({ words, runs }: Words): string {
  return `"${words.join(' ')}${runs ? ` $(${listRuns})` : ''}"`;
}

function zsh(offers: Offer[]): string {
  const commands = offers.map(({ command, description }) => quote(`${command}:${description}`)).join(' ');
  const cases = offers.map(({ command, options, ...offered }) => {
    const specs = options.flatMap(({ flags, description, takesValue, ...values }) =>
      flags.map((flag) => {
        const action = values.words.length > 0 ? inZsh(values) : '_files';
        // Brackets and colons delimit the parts of a specification.
        const about = description.replace(/[[\]:]/g, (sign) => `\\${sign}`);
        return quote(`*${flag}[${about}]${takesValue ? `:value:${action}` : ''}`);
      }),
    );
    const rest = quote(
      `*:argument:${offered.words.length > 0 ? `{_alternative 'w:word:${inZsh(offered)}' 'f:file:_files'}` : '_files'}`,
    );
    return `    ${command}) _arguments ${[...specs, rest].join(' ')};;`;
  });
  return `#compdef tare
# zsh completion of tare; save it as _tare in a folder of $fpath
_tare() {
  local -a commands=(${commands}) runs=(\${(f)"$(${listRuns})"})
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

/** `$runs` is a variable of the function; _arguments evaluates what it is given. */
function inZsh({ words, runs }: Words): string {
  return `(${words.join(' ')}${runs ? ' $runs' : ''})`;
}

function fish(offers: Offer[]): string {
  const lines = offers.flatMap(({ command, description, options, ...offered }) => {
    const inside = `complete -c tare -n '__fish_seen_subcommand_from ${command}'`;
    return [
      `complete -c tare -n __fish_use_subcommand -a ${command} -d ${quote(description)}`,
      ...(offered.words.length > 0 ? [`${inside} -a ${inFish(offered)}`] : []),
      ...options.map(({ flags, description: about, takesValue, ...values }) => {
        const names = flags.map((flag) =>
          flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`,
        );
        const value = takesValue ? ` -r${values.words.length > 0 ? ` -a ${inFish(values)}` : ''}` : '';
        return `${inside} ${names.join(' ')}${value} -d ${quote(about)}`;
      }),
    ];
  });
  return `# fish completion of tare; load it with: tare completion fish | source\n${lines.join('\n')}\n`;
}

/** Fish evaluates it each time that it completes. */
function inFish({ words, runs }: Words): string {
  return quote(`${words.join(' ')}${runs ? ` (${listRuns})` : ''}`);
}

/** One word for a POSIX shell, zsh and fish alike. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
