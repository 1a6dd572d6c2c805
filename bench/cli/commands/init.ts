/** `tare init`: writes a scenario for an image or a folder; on a terminal it asks for what was not said. */
import { writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import type { Command } from '@commander-js/extra-typings';
import {
  loadPayloadScenario,
  usualMemory,
  usualPlatforms,
  type PayloadChoices,
} from '../../../scenarios/loader/payload-scenario.ts';
import type { CommandContext } from '../../environment/context.ts';
import { exitCodes, TareError, type ExitCode } from '../../environment/errors.ts';
import type { CommandTools } from '../commands.ts';
import { cpuCount, memorySizeText, platformOption, portNumber } from '../options.ts';
import { openQuestions, type Ask } from '../output/questions.ts';
import { payloadArgument, type PayloadArgument } from '../runs/payload-argument.ts';
import { scenarioFileText } from '../runs/scenario-file.ts';
import {
  addPayloadOptions,
  choicesOf,
  requireFree,
  requireStart,
  type PayloadOptions,
} from '../runs/written-scenarios.ts';

export function define(command: Command, { act }: CommandTools): void {
  const takesPayload = command
    .argument('[payload]', 'an image, an archive, a folder or a Containerfile')
    .addOption(platformOption);
  addPayloadOptions(takesPayload, { save: 'the file to write (default: NAME.yaml)' })
    .option('-y, --yes', 'ask nothing: take the usual for what is not said')
    .action((payload, chosen) => act((context) => initCommand({ ...chosen, payload }, context)));
}

export interface InitOptions extends PayloadOptions {
  payload?: string | undefined;
  platform: readonly string[];
  yes?: true | undefined;
}

export async function initCommand(options: InitOptions, context: CommandContext): Promise<ExitCode> {
  const questions = options.yes ? null : openQuestions(context);
  try {
    return await writeScenario(options, questions?.ask ?? null, context);
  } finally {
    questions?.close();
  }
}

async function writeScenario(
  options: InitOptions,
  ask: Ask | null,
  context: CommandContext,
): Promise<ExitCode> {
  const text = options.payload ?? (await ask?.(whichPayload));
  if (text === undefined) {
    throw new TareError(
      'say what is to be weighed: tare init ./shop, tare init docker://docker.io/library/nginx:1.27',
      exitCodes.usage,
    );
  }
  const answered =
    ask === null ? options : await askForMore(options, await payloadOf(text, context, options.save), ask);
  // Its paths are relative to the file, whose place may only be known now.
  const payload = await payloadOf(text, context, answered.save);
  if (!payload.isImage) requireStart(text, answered);
  const choices: PayloadChoices = {
    ...choicesOf(payload, answered),
    platforms: answered.platform.length > 0 ? answered.platform : null,
  };
  const file = resolve(context.cwd, answered.save ?? `${payload.name}.yaml`);
  requireFree(file);
  // Held against the schema like any other, so that nothing is written that will not run.
  loadPayloadScenario(choices, file, { cwd: context.cwd });
  await writeFile(file, scenarioFileText(choices, file), { flag: 'wx' });
  const shown = shownFile(file, context.cwd);
  context.stdout.write(`${shown}\n`);
  context.stderr.write(
    `the plan: tare run ${shown} --dry-run\n` +
      `the run:  tare run ${shown}\n` +
      (choices.readyPath === null
        ? 'ready is the first accepted connection; for a server that speaks HTTP write ready: { by: http, path: / }\n'
        : ''),
  );
  return exitCodes.done;
}

async function payloadOf(
  text: string,
  { cwd }: CommandContext,
  save: string | undefined,
): Promise<PayloadArgument> {
  const found = await payloadArgument(text, cwd, save === undefined ? cwd : dirname(resolve(cwd, save)));
  if (found !== null) return found;
  throw new TareError(
    `${text} is a scenario already, or nothing at all; tare init takes an image, an archive, a folder or a Containerfile`,
    exitCodes.usage,
  );
}

const whichPayload = {
  question:
    'What is weighed? An image (docker://…, docker-daemon:…, a saved archive), a folder or a Containerfile',
  read: (text: string): string => {
    if (text === '') throw new Error('An answer is needed.');
    return text;
  },
};

/** Only what was not said already, and what nothing else says. */
async function askForMore(options: InitOptions, payload: PayloadArgument, ask: Ask): Promise<InitOptions> {
  const { isImage, name } = payload;
  const command =
    options.command ??
    (await ask({
      question: `What is started?${isImage ? " Empty: the image's own command" : ' The program and its arguments'}`,
      read: isImage ? orNothing((text) => text) : whichPayload.read,
    }));
  const port =
    options.port ??
    (await ask({
      question: `On which port does it listen?${isImage ? ' Empty: the one that the image exposes' : ''}`,
      read: isImage ? orNothing(portNumber) : portNumber,
    }));
  const ready =
    options.ready ??
    (await ask({
      question: 'Which path is asked for over HTTP until it is ready? A dash: none, a connection is enough',
      usual: '/',
      read: orNothing((path) => {
        if (!path.startsWith('/')) throw new Error('A path begins with a slash.');
        return path;
      }),
    }));
  const memory =
    options.memory ??
    (await ask({ question: 'Memory of each instance', usual: usualMemory, read: memorySizeText }));
  const cpus = options.cpus ?? (await ask({ question: 'CPUs of each instance', usual: '1', read: cpuCount }));
  const platform =
    options.platform.length > 0
      ? options.platform
      : await ask({
          question: 'On which platforms? The first is what the others are compared with',
          usual: usualPlatforms.join(','),
          read: (text) => text.split(/[\s,]+/).filter(Boolean),
        });
  const save = options.save ?? (await ask({ question: 'File', usual: `${name}.yaml`, read: (text) => text }));
  return { ...options, command, port, ready, memory, cpus, platform, save };
}

function orNothing<Value>(read: (text: string) => Value): (text: string) => Value | undefined {
  return (text) => (text === '' || text === '-' ? undefined : read(text));
}

/** As `tare run` takes it from the folder that one is in. */
function shownFile(file: string, cwd: string): string {
  const below = relative(cwd, file);
  return below.startsWith('..') ? file : join('.', below).replace(/^(?!\.)/, './');
}
