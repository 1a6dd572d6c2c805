/** `tare doctor`: what this machine can run and why not; with `--fix` it installs what is missing first. */
import { openCache } from '../cache-folder.ts';
import type { CommandContext } from '../context.ts';
import { examine, findMissing, type Examination } from '../doctor/examine.ts';
import {
  canInstall,
  installAdvice,
  installWithApt,
  packageManager,
  type Installer,
} from '../doctor/install.ts';
import { exitCodes, type ExitCode } from '../errors.ts';
import { table } from './table.ts';

export interface DoctorOptions {
  fix?: true | undefined;
  tests?: true | undefined;
  json?: true | undefined;
}

export async function doctorCommand(options: DoctorOptions, context: CommandContext): Promise<ExitCode> {
  const withTests = options.tests === true;
  const installer = { manager: await packageManager(), isRoot: process.getuid?.() === 0 };
  if (options.fix && canInstall(installer)) {
    const missing = await findMissing(withTests);
    if (missing.length > 0) await installWithApt(missing, context);
  }
  await openCache(context.folders.cache);
  const examination = await examine(withTests, context);
  context.stdout.write(
    options.json ? `${JSON.stringify(examination, null, 2)}\n` : describe(examination, installer),
  );
  const isComplete = examination.missing.every(({ isOptional }) => isOptional);
  const isFit = options.fix ? isComplete : examination.ready;
  return isFit ? exitCodes.done : exitCodes.unfit;
}

/** The examination as a person reads it. */
export function describe(examination: Examination, installer: Installer): string {
  const { platforms, system, missing, ready } = examination;
  const sections = [
    table(
      ['platform', 'usable', 'accel', 'version', 'notes'],
      platforms.map((each) => [
        each.id,
        each.usable ? 'yes' : 'NO',
        each.accel ?? '',
        each.version ?? '',
        each.notes.join('; '),
      ]),
    ),
    table(
      ['machine', '', 'found'],
      system.map((each) => [each.name, each.level === 'fail' ? 'FAIL' : each.level, each.found]),
    ),
  ];
  // What is missing comes first: whether a platform needs more than that is known once it is installed.
  const unfit = missing.length > 0 ? [] : platforms;
  const remedies = [
    ...unfit.map((each) => (each.remedy === null ? null : `${each.id}: ${each.remedy}`)),
    ...system.map((each) => (each.remedy === null ? null : `${each.name}: ${each.remedy}`)),
  ].filter((line) => line !== null);
  if (remedies.length > 0) sections.push(`${remedies.join('\n')}\n`);
  if (missing.length > 0) {
    const names = missing.map((each) => `  ${each.names.join(' or ')}: ${each.purpose} (${each.neededFor})`);
    sections.push(`missing:\n${names.join('\n')}\n${installAdvice(missing, installer)}\n`);
  }
  sections.push(
    ready
      ? 'The default scenario can run here: tare run\n'
      : 'Not every platform of the default scenario can run here; tare run skips those.\n',
  );
  return sections.join('\n');
}
