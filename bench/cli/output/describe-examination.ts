/** The examination as a person reads it: tables, and below them each reason once, with what to do. */
import { plainTable } from '../../../reports/text-table.ts';
import type { Examination, PlatformReport } from '../../doctor/examine.ts';
import { forManager, installAdvice, type Installer } from '../../doctor/install.ts';

export function describe(examination: Examination, installer: Installer): string {
  const { platforms, system, missing, ready } = examination;
  const reasons = reasonsOf(platforms, installer);
  const sections = [
    plainTable(
      ['platform', 'usable', 'accel', 'version', 'why'],
      platforms.map((each) => [
        each.id,
        each.usable ? 'yes' : 'NO',
        each.accel ?? '',
        each.version ?? '',
        marksOf(each, reasons, installer),
      ]),
    ),
    reasons.map((text, index) => `[${index + 1}] ${text}\n`).join(''),
    plainTable(
      ['machine', '', 'found'],
      system.map((each) => [each.name, each.level === 'fail' ? 'FAIL' : each.level, each.found]),
    ),
    system.flatMap(({ name, remedy }) => (remedy === null ? [] : [`${name}: ${remedy}\n`])).join(''),
  ].filter((section) => section !== '');
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

/** Many platforms share a reason, which is then said once. */
function reasonsOf(platforms: readonly PlatformReport[], installer: Installer): string[] {
  return [...new Set(platforms.flatMap((each) => reasonsFor(each, installer)))];
}

function marksOf(platform: PlatformReport, reasons: readonly string[], installer: Installer): string {
  return reasonsFor(platform, installer)
    .map((text) => `[${reasons.indexOf(text) + 1}]`)
    .join(' ');
}

function reasonsFor({ notes, remedy }: PlatformReport, { manager }: Installer): string[] {
  return remedy === null ? notes : [`${notes.join('; ')}\n    fix: ${forManager(remedy, manager)}`];
}
