/** `tare lab`: runs scenarios inside a virtual host of Tare's own, builds that host, or removes it. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Argument, type Command } from '@commander-js/extra-typings';
import { labBase, labCacheFolder } from '../../../runners/lab/base.ts';
import type { LabSuite } from '../../../runners/lab/system.ts';
import { defaultScenario } from '../../../scenarios/loader/built-in.ts';
import type { AccelChoice } from '../../../scenarios/schema/allowed-words.ts';
import { formatSize } from '../../../scenarios/schema/quantities.ts';
import { openCache } from '../../environment/cache-folder.ts';
import type { CommandContext } from '../../environment/context.ts';
import { exitCodes, TareError, type ExitCode } from '../../environment/errors.ts';
import { inLab } from '../../lab/run-in-lab.ts';
import { labShell } from '../../lab/shell.ts';
import { defaultLabSuite } from '../../lab/own-node.ts';
import { defaultLabCpus, defaultMemoryBytes, type LabChoice } from '../../lab/fit.ts';
import { toolsDisk } from '../../lab/tools-disk.ts';
import { probeContext } from '../../run/run.ts';
import { hasChoices } from '../choices.ts';
import type { CommandTools } from '../commands.ts';
import { addRunOptions, scenarioArgument } from '../option-groups.ts';
import {
  labAccelOption,
  labCpusOption,
  labMemoryOption,
  labSuiteOption,
  measureOption,
  platformOption,
  samplesOption,
} from '../options.ts';
import { runCommand, type RunOptions } from './run.ts';

const labActions = ['run', 'shell', 'build', 'clean'] as const;
type LabAction = (typeof labActions)[number];

export function define(command: Command, { act }: CommandTools): void {
  addRunOptions(
    command
      .addArgument(new Argument('<what>', 'what to do with the lab').choices(labActions))
      .addArgument(scenarioArgument(defaultScenario))
      .addOption(labMemoryOption)
      .addOption(labCpusOption)
      .addOption(labAccelOption)
      .addOption(labSuiteOption)
      .option(
        '--virtual-time',
        'let the count of instructions be the clock: figures that repeat, in virtual ms (no VMs)',
      )
      .addOption(platformOption)
      .addOption(measureOption)
      .addOption(samplesOption),
  ).action((what, scenarios, chosen, { args }) => {
    const named = args.slice(1);
    return act((context) =>
      labCommand({ ...chosen, what, named, scenarios, hasChoices: hasChoices(command, named) }, context),
    );
  });
}

interface LabOptions extends RunOptions {
  what: LabAction;
  /** Scenarios that the command line names. */
  named: readonly string[];
  labMemory?: number | undefined;
  labCpus?: number | undefined;
  labAccel?: AccelChoice | undefined;
  labSuite?: LabSuite | undefined;
  virtualTime?: true | undefined;
}

async function labCommand(options: LabOptions, context: CommandContext): Promise<ExitCode> {
  const choice = labChoice(options);
  if (options.what === 'run') return await runInLab(options, choice, context);
  if (options.named.length > 0) {
    throw new TareError(`tare lab ${options.what} takes no scenario`, exitCodes.usage);
  }
  switch (options.what) {
    case 'shell':
      await openCache(context.folders.cache);
      await labShell(choice, context);
      return exitCodes.done;
    case 'build':
      return await build(choice, context);
    case 'clean':
      return await clean(context);
  }
}

/** @throws TareError (exit 2) where the options contradict each other */
function labChoice({ labCpus, labMemory, labAccel, labSuite, virtualTime }: LabOptions): LabChoice {
  const memoryBytes = labMemory ?? defaultMemoryBytes;
  const suite = labSuite ?? defaultLabSuite();
  if (!virtualTime) {
    return {
      suite,
      cpus: labCpus ?? defaultLabCpus(),
      memoryBytes,
      accel: labAccel ?? 'auto',
      clock: 'real',
    };
  }
  if (labCpus !== undefined && labCpus !== 1) {
    throw new TareError('--virtual-time runs on one CPU; remove --lab-cpus', exitCodes.usage);
  }
  if (labAccel === 'kvm') {
    throw new TareError(
      '--virtual-time counts instructions, which KVM cannot do; remove --accel kvm',
      exitCodes.usage,
    );
  }
  return { suite, cpus: 1, memoryBytes, accel: 'tcg', clock: 'virtual' };
}

/** In virtual time the order of the blocks is part of what must be equal, so the seed is fixed unless it is given. */
async function runInLab(options: LabOptions, choice: LabChoice, context: CommandContext): Promise<ExitCode> {
  const seed = options.seed ?? (choice.clock === 'virtual' ? 1 : undefined);
  return await runCommand({ ...options, seed, inLab: true }, context, inLab(choice));
}

async function build({ suite }: LabChoice, context: CommandContext): Promise<ExitCode> {
  await openCache(context.folders.cache);
  const tools = await toolsDisk(probeContext(context));
  const base = await labBase(suite, probeContext(context));
  context.log.progress('');
  const size = formatSize(base.allocatedBytes);
  context.stdout.write(`lab: kernel ${base.kernelRelease}, disk of ${size}, ${base.digest}\n`);
  context.log.debug(`its disk is ${base.diskFile}; Node and Tare are on ${tools}`);
  return exitCodes.done;
}

async function clean({ folders, stdout }: CommandContext): Promise<ExitCode> {
  await rm(join(folders.cache, labCacheFolder), { recursive: true, force: true });
  stdout.write('removed the disks of the lab\n');
  return exitCodes.done;
}
