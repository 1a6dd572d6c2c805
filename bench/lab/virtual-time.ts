/** What a run in virtual time can measure, and what of it comes from outside all the same. */
import type { ResolvedScenario } from '../../scenarios/resolved.ts';
import { exitCodes, TareError } from '../environment/errors.ts';
import { kindOf, recordSkipped } from '../run/prepare/platforms.ts';
import type { JournalEvent } from '../run/journal/journal.ts';
import type { RecordedPlatform } from '../record/schema.ts';

/** Name of the run inside; the same for all runs, since nothing inside may differ between them. */
export const virtualRunId = 'virtual';

/** KVM inside a lab whose clock counts instructions: of five boots that were tried, two hung. */
const vmReason = 'a VM is not measured in virtual time: KVM does not start reliably there';

/**
 * @returns the scenario without its VMs, and those for the record
 * @throws TareError (exit 3) where nothing is left, (exit 2) for a measure that makes no sense
 */
export function withoutVms(scenario: ResolvedScenario): {
  scenario: ResolvedScenario;
  left: RecordedPlatform[];
} {
  const { startup, density } = scenario.measures;
  if (startup?.pageCache === 'cold') {
    throw new TareError(
      'page-cache: cold reads from a disk, which virtual time does not have; use page-cache: warm',
      exitCodes.usage,
    );
  }
  if (density) {
    throw new TareError(
      'density needs several CPUs, and virtual time has one; remove --virtual-time',
      exitCodes.usage,
    );
  }
  const platforms = scenario.platforms.filter((platform) => kindOf(platform) !== 'vm');
  const vms = scenario.platforms.filter((platform) => kindOf(platform) === 'vm');
  const [first] = platforms;
  if (!first) throw new TareError(vmReason, exitCodes.unfit);
  const ids = platforms.map(({ id }) => id);
  const baseline = ids.includes(scenario.baseline) ? scenario.baseline : first.id;
  return {
    scenario: { ...scenario, platforms, baseline },
    left: vms.map((platform) => recordSkipped(platform, vmReason, 'Run it in a lab with real time.')),
  };
}

interface Outside {
  id: string;
  at: string;
  commit: string | undefined;
}

/** The lab has a fixed date and name, so that nothing inside depends on them; the run itself has others. */
export function asOutside(event: JournalEvent, outside: Outside): JournalEvent {
  const { id, at, commit } = outside;
  if (event.type === 'run')
    return { ...event, id, startedAt: at, ...(commit === undefined ? {} : { commit }) };
  if (event.type === 'sample') return { ...event, sample: { ...event.sample, at } };
  return 'at' in event ? { ...event, at } : event;
}
