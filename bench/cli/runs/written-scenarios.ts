/** Scenarios that the command line states itself: a payload, and what a person says of its start. */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Option, type Command, type OptionValues } from '@commander-js/extra-typings';
import { loadPayloadScenario, type PayloadChoices } from '../../../scenarios/loader/payload-scenario.ts';
import type { ResolvedScenario } from '../../../scenarios/resolved.ts';
import type { CommandContext } from '../../environment/context.ts';
import { exitCodes, TareError } from '../../environment/errors.ts';
import { property } from '../../record/facts.ts';
import type { RunScenario } from '../../run/run.ts';
import { collect, cpuCount, memorySizeText, portNumber } from '../options.ts';
import { payloadArgument } from './payload-argument.ts';
import { scenarioFileText } from './scenario-file.ts';

export interface PayloadOptions {
  port?: number | undefined;
  ready?: string | undefined;
  memory?: string | undefined;
  cpus?: number | undefined;
  env: readonly string[];
  command?: string | undefined;
  save?: string | undefined;
}

/** What a scenario file would say of a payload that has none. */
export function addPayloadOptions<Args extends unknown[], Opts extends OptionValues>(
  command: Command<Args, Opts>,
  { save }: { save: string } = { save: 'write the scenario that an image or folder was run by' },
) {
  return command
    .addOption(
      new Option('--port <n>', 'of an image or folder: the TCP port it listens on').argParser(portNumber),
    )
    .option('--ready <path>', 'of an image or folder: what is asked over HTTP (default: found out by trying)')
    .addOption(
      new Option(
        '--memory <size>',
        'of an image or folder: memory of each instance (default: 512MiB)',
      ).argParser(memorySizeText),
    )
    .addOption(
      new Option('--cpus <n>', 'of an image or folder: CPUs of each instance (default: 1)').argParser(
        cpuCount,
      ),
    )
    .addOption(
      new Option('--env <name=value>', 'of an image or folder: a variable of its environment; repeatable')
        .argParser(collect)
        .default([] as string[], "the image's own"),
    )
    .option('--command <words>', "of an image or folder: what is started (default: the image's own)")
    .option('--save <file>', save);
}

export interface WrittenScenarios {
  /** By the argument that stands for each. */
  scenarios: ReadonlyMap<string, ResolvedScenario>;
  /** Runs one, and then writes its file where that was asked for. */
  saving: (runScenario: RunScenario) => RunScenario;
}

/** @throws TareError where options of a payload stand beside a scenario, or not enough is known to start it */
export async function writtenScenarios(
  names: readonly string[],
  options: PayloadOptions,
  context: CommandContext,
): Promise<WrittenScenarios> {
  const save = options.save === undefined ? null : resolve(context.cwd, options.save);
  if (save !== null) requireFree(save);
  const folder = save === null ? context.cwd : dirname(save);
  const scenarios = new Map<string, ResolvedScenario>();
  const choices = new Map<ResolvedScenario['name'], PayloadChoices>();
  for (const name of names) {
    const payload = await payloadArgument(name, context.cwd, folder);
    if (payload === null) continue;
    if (!payload.isImage) requireStart(name, options);
    const made = choicesOf(payload, options);
    choices.set(made.name, made);
    const file = save ?? join(folder, `${made.name}.yaml`);
    scenarios.set(name, loadPayloadScenario(made, file, { cwd: context.cwd }));
  }
  if (scenarios.size < names.length)
    refuseBesideScenario(
      names.find((name) => !scenarios.has(name)),
      options,
    );
  if (save !== null && scenarios.size > 1) {
    throw new TareError('--save takes one file: name one image or folder', exitCodes.usage);
  }
  return {
    scenarios,
    saving: (runScenario) => async (scenario, runOptions, runContext) => {
      const record = await runScenario(scenario, runOptions, runContext);
      const made = choices.get(scenario.name);
      if (save !== null && made) {
        const ready = property(property(record.run.scenario, 'workload'), 'ready');
        const readyPath = property(ready, 'path');
        await writeFile(
          save,
          scenarioFileText({ ...made, readyPath: typeof readyPath === 'string' ? readyPath : null }, save),
        );
        runContext.log.progress(`the scenario is in ${save}`);
      }
      return record;
    },
  };
}

export function choicesOf(
  { name, rootfs }: { name: string; rootfs: Record<string, unknown> },
  { port, ready, memory, cpus, env, command }: PayloadOptions,
): PayloadChoices {
  return {
    name,
    rootfs,
    command: command === undefined ? null : command.trim().split(/\s+/),
    environment: Object.fromEntries(env.map(variable)),
    port: port ?? null,
    readyPath: ready ?? null,
    memory: memory ?? null,
    cpus: cpus ?? null,
  };
}

function variable(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1) {
    throw new TareError(`--env ${text}: expected NAME=VALUE`, exitCodes.usage);
  }
  return [text.slice(0, at), text.slice(at + 1)];
}

/** A root filesystem does not say what is to be started in it. */
export function requireStart(name: string, { command, port }: PayloadOptions): void {
  const missing = [
    ...(command === undefined ? ["--command '/usr/bin/program arguments'"] : []),
    ...(port === undefined ? ['--port 8080'] : []),
  ];
  if (missing.length === 0) return;
  throw new TareError(
    `${name} is a root filesystem, and does not say what is started in it; add for instance ${missing.join(' and ')}`,
    exitCodes.usage,
  );
}

function refuseBesideScenario(scenario: string | undefined, options: PayloadOptions): void {
  const { env, ...others } = options;
  const given = Object.entries(others).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`]));
  if (env.length > 0) given.push('--env');
  const [first] = given;
  if (first === undefined) return;
  throw new TareError(
    `${first} is for an image, an archive or a folder; the scenario ${scenario ?? ''} states it in its own file`,
    exitCodes.usage,
  );
}

/** Before the run, which may take an hour. */
export function requireFree(path: string): void {
  if (existsSync(path)) {
    throw new TareError(`--save: ${path} is there already; name another file`, exitCodes.usage);
  }
  if (!existsSync(dirname(path))) {
    throw new TareError(
      `--save: there is no folder ${dirname(path)}; make it, or name another`,
      exitCodes.usage,
    );
  }
}
