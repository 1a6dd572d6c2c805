/** `tare doctor`: what this machine can run and why not; with `--fix` it installs what is missing first. */
import { openCache } from '../cache-folder.ts';
import type { CommandContext } from '../context.ts';
import { examine, findMissing, type Examination } from '../doctor/examine.ts';
import { canInstall, installCommand, installWithApt, packageManager } from '../doctor/install.ts';
import { packageManagers, type PackageManager, type Requirement } from '../doctor/requirements.ts';
import { exitCodes, type ExitCode } from '../errors.ts';
import { table } from './table.ts';

export interface DoctorOptions {
  fix?: true | undefined;
  tests?: true | undefined;
  json?: true | undefined;
}

export async function doctorCommand(options: DoctorOptions, context: CommandContext): Promise<ExitCode> {
  const withTests = options.tests === true;
  const manager = await packageManager();
  if (options.fix) await fix(await findMissing(withTests), manager, context);
  await openCache(context.folders.cache);
  const examination = await examine(withTests, context);
  context.stdout.write(
    options.json ? `${JSON.stringify(examination, null, 2)}\n` : describe(examination, manager),
  );
  return examination.ready ? exitCodes.done : exitCodes.unfit;
}

async function fix(
  missing: readonly Requirement[],
  manager: PackageManager | null,
  context: CommandContext,
): Promise<void> {
  if (missing.length === 0) return;
  if (canInstall(manager, process.getuid?.())) {
    await installWithApt(missing, context);
    return;
  }
  context.log.warn(
    manager === 'apt'
      ? `installing needs root; type: sudo ${installCommand(missing, manager)}`
      : `packages are installed on Debian and Ubuntu only; ${advice(missing, manager)}`,
  );
}

/** The examination as a person reads it. */
export function describe(examination: Examination, manager: PackageManager | null): string {
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
  const remedies = [
    ...platforms.map((each) => (each.remedy === null ? null : `${each.id}: ${each.remedy}`)),
    ...system.map((each) => (each.remedy === null ? null : `${each.name}: ${each.remedy}`)),
  ].filter((line) => line !== null);
  if (remedies.length > 0) sections.push(`${remedies.join('\n')}\n`);
  if (missing.length > 0) {
    const names = missing.map((each) => `  ${each.names.join(' or ')}: ${each.purpose} (${each.neededFor})`);
    sections.push(`missing:\n${names.join('\n')}\n${advice(missing, manager)}\n`);
  }
  sections.push(
    ready
      ? 'The default scenario can run here: tare run\n'
      : 'Not every platform of the default scenario can run here; tare run skips those.\n',
  );
  return sections.join('\n');
}

/** What to type; for every package manager where this system's is unknown. */
function advice(missing: readonly Requirement[], manager: PackageManager | null): string {
  if (manager === 'apt') return `install them with: tare doctor --fix   (${installCommand(missing, 'apt')})`;
  const managers = manager === null ? packageManagers : [manager];
  return `install them with: ${managers.map((each) => installCommand(missing, each)).join('\n  or: ')}`;
}
