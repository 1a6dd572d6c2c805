/** `tare doctor`: what this machine can run and why not; with `--fix` it installs what is missing first. */
import type { Command } from '@commander-js/extra-typings';
import { openCache } from '../../environment/cache-folder.ts';
import type { CommandContext } from '../../environment/context.ts';
import { describe } from '../output/describe-examination.ts';
import { examine, findMissing } from '../../doctor/examine.ts';
import { canInstall, findInstaller, installWithApt } from '../../doctor/install.ts';
import { exitCodes, type ExitCode } from '../../environment/errors.ts';
import type { CommandTools } from '../commands.ts';
import { jsonOption } from '../options.ts';

export function define(command: Command, { act }: CommandTools): void {
  command
    .option('--fix', 'install what is missing (Debian and Ubuntu, as root)')
    .option('--tests', "also check what this project's own tests need")
    .addOption(jsonOption)
    .action((chosen) => act((context) => doctorCommand(chosen, context)));
}

interface DoctorOptions {
  fix?: true | undefined;
  tests?: true | undefined;
  json?: true | undefined;
}

async function doctorCommand(options: DoctorOptions, context: CommandContext): Promise<ExitCode> {
  const withTests = options.tests === true;
  const installer = await findInstaller();
  if (options.fix && canInstall(installer)) {
    const missing = await findMissing(withTests);
    if (missing.length > 0) await installWithApt(missing, installer.osRelease, context);
  }
  await openCache(context.folders.cache);
  const examination = await examine(withTests, context);
  context.stdout.write(
    options.json ? `${JSON.stringify(examination, null, 2)}\n` : describe(examination, installer),
  );
  // Tests want everything. A run skips a platform that lacks something, and the table above says so.
  const isComplete = examination.missing.every(
    ({ isOptional, neededFor }) => isOptional || (!withTests && neededFor !== 'every run'),
  );
  return examination.ready && isComplete ? exitCodes.done : exitCodes.unfit;
}
