/**
 * Runs a scenario inside a lab. To whoever calls it, it is a run like any other: the journal grows here, outside, with
 * each thing that happens inside, so that the end of the lab, whatever it is, loses nothing that was finished.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, normalize } from 'node:path';
import { labBase, type LabBase } from '../../runners/lab/base.ts';
import { startLab } from '../../runners/lab/machine.ts';
import type { CommandContext } from '../environment/context.ts';
import { exitCodes, TareError } from '../environment/errors.ts';
import { gatherHostFacts } from '../run/host/host-facts.ts';
import { openJournal, type Journal } from '../run/journal/journal.ts';
import { publishRecord } from '../run/journal/publish.ts';
import type { RecordedLab } from '../record/schema.ts';
import { probeContext, type RunScenario, type SuiteOptions } from '../run/run.ts';
import { followLab, silences, type LabEnd } from './follow.ts';
import { untilDone } from './heal.ts';
import { givenDisk } from './given-disk.ts';
import type { LabMessage, LabSession } from './messages.ts';
import { checkFit, chooseAccel, type LabChoice } from './fit.ts';
import { toolsDisk } from './tools-disk.ts';
import { asOutside, virtualRunId, withoutVms } from './virtual-time.ts';

export function inLab(choice: LabChoice): RunScenario {
  return async (wanted, options, context) => {
    const { scenario, left } = choice.clock === 'real' ? { scenario: wanted, left: [] } : withoutVms(wanted);
    const { accel, vmm, kvm } = await chooseAccel(choice, context);
    await checkFit(choice, scenario, context);
    const tools = await toolsDisk(probeContext(context));
    const base = await labBase(choice.suite, probeContext(context));
    const given = await givenDisk(scenario, context);
    await mkdir(join(options.folder, 'logs'), { recursive: true });
    const journal = await openJournal(join(options.folder, 'events.ndjson'), options.onEvent);
    try {
      refuseToContinue(journal, choice);
      context.log.progress(`starting the lab under ${accel}: about ${accel === 'kvm' ? 5 : 20} s`);
      const earlier = journal.events.findLast((event) => event.type === 'lab')?.lab.restarts;
      const lab: RecordedLab = {
        ...{ accel, clock: choice.clock, cpus: choice.cpus, memoryBytes: choice.memoryBytes },
        ...{ vmm, digest: base.digest },
        outside: await gatherHostFacts(kvm),
        ...(earlier && { restarts: earlier }),
      };
      const session: LabSession = {
        runId: choice.clock === 'virtual' ? virtualRunId : basename(options.folder),
        scenario,
        seed: options.seed,
        commit: choice.clock === 'virtual' ? undefined : options.commit,
        clock: choice.clock,
        payload: given.payload,
        events: [],
      };
      await journal.write({ type: 'lab', lab });
      for (const platform of left) await journal.write({ type: 'platform', platform });
      const end = await runUntilDone(
        { accel, choice, base, toolsDisk: tools, givenDisk: given.disk, session, lab },
        options,
        journal,
        context,
      );
      if (end.error === null) return await publishRecord({ journal, options });
      await journal.write({ type: 'finish', at: new Date().toISOString(), aborted: true });
      // Without the events every run begins with there is nothing to publish yet.
      const begun = journal.events.some(({ type }) => type === 'host');
      if (begun) {
        const record = await publishRecord({ journal, options });
        if (context.signal.aborted) return record;
      }
      context.signal.throwIfAborted();
      throw new TareError(end.error.message, end.error.exitCode);
    } finally {
      await journal.close();
    }
  };
}

/** In virtual time a sample depends on all that came before it in the same lab. */
function refuseToContinue({ events }: Journal, { clock }: LabChoice): void {
  const begun = events.findLast((event) => event.type === 'lab');
  if (begun === undefined || (begun.lab.clock === 'real' && clock === 'real')) return;
  throw new TareError('a run cannot be resumed in virtual time; start a new run', exitCodes.usage);
}

interface Session {
  accel: 'kvm' | 'tcg';
  choice: LabChoice;
  base: LabBase;
  toolsDisk: string;
  givenDisk: string;
  session: LabSession;
  lab: RecordedLab;
}

/**
 * A lab that hangs is started again, and goes on with the step that it hung in. In virtual time it is not: a sample depends on all
 * that came before it in the same lab.
 */
async function runUntilDone(
  session: Session,
  options: SuiteOptions,
  journal: Journal,
  context: CommandContext,
): Promise<LabEnd> {
  const restarts = [...(session.lab.restarts ?? [])];
  const attempt = (patience: number): Promise<LabEnd> => {
    const name = restarts.length === 0 ? 'lab-console.log' : `lab-console-${restarts.length + 1}.log`;
    return runInLab(session, { name, patience }, options, journal, context);
  };
  if (session.choice.clock === 'virtual') return attempt(1);
  const steps = (): number => journal.events.filter(({ type }) => type === 'step').length;
  return untilDone({
    attempt,
    steps,
    async onHang(reason) {
      restarts.push({ at: new Date().toISOString(), reason });
      await journal.write({ type: 'lab', lab: { ...session.lab, restarts: [...restarts] } });
      context.log.warn(`${reason}\nstarting the lab again; the run goes on after ${steps()} finished steps`);
    },
  });
}

/** @param attempt `patience` times as long as usual may nothing be heard of it */
async function runInLab(
  { choice, ...lab }: Session,
  attempt: { name: string; patience: number },
  options: SuiteOptions,
  journal: Journal,
  context: CommandContext,
): Promise<LabEnd> {
  const machine = await startLab(
    {
      ...lab,
      ...{ unit: 'run', clock: choice.clock, cpus: choice.cpus, memoryBytes: choice.memoryBytes },
      session: { ...lab.session, events: [...journal.events] },
      consoleLog: join(options.folder, 'logs', attempt.name),
    },
    context.folders,
    context.log,
  );
  const { bootMs, runMs } = silences[choice.clock === 'virtual' ? 'virtual' : lab.accel];
  try {
    return await followLab(
      machine,
      { bootMs: bootMs * attempt.patience, runMs: runMs * attempt.patience },
      context.signal,
      async (message) => {
        await take(
          choice.clock === 'virtual' ? fromVirtualTime(message, options) : message,
          options,
          journal,
          context,
        );
      },
    );
  } finally {
    await machine.dispose();
  }
}

function fromVirtualTime(message: LabMessage, { folder, commit }: SuiteOptions): LabMessage {
  if (message.type !== 'event') return message;
  const outside = { id: basename(folder), at: new Date().toISOString(), commit };
  return { ...message, event: asOutside(message.event, outside) };
}

async function take(
  message: LabMessage,
  options: SuiteOptions,
  journal: Journal,
  { log }: CommandContext,
): Promise<void> {
  switch (message.type) {
    case 'event':
      await journal.write(message.event);
      return;
    case 'log': {
      const file = join(options.folder, normalize(join('/', message.path)));
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, message.text);
      return;
    }
    case 'say':
      log[message.level](message.message);
      return;
    case 'hello':
      log.debug(`the lab runs: Tare began ${message.uptimeMs.toFixed(3)} ms after its kernel`);
      return;
    case 'alive':
    case 'end':
      return;
  }
}
