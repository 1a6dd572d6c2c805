/** One moment of the storm, from its start to the verdict: what it was, what the blow met, and what was found wrong. */
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunRecord } from '../../bench/record/schema.ts';
import { leftovers } from '../support/leftovers.ts';
import { sharedCache, startTare, tare } from '../support/tare.ts';
import {
  exitFinding,
  exitsAfterResuming,
  lastLines,
  lossFinding,
  readTold,
  recordFinding,
  type Told,
} from './judge.ts';
import { lastingDifferences, machineState } from './machine.ts';
import type { Command, Moment } from './moment.ts';
import { openStage, type Stage, type World } from './stage.ts';
import { strike } from './strike.ts';

export interface Verdict {
  /** What the blow met. */
  met: string;
  /** What is wrong, a line each. */
  findings: string[];
}

/** What ends by itself within minutes; a lab boots a machine first. */
const patienceMs = (command: Command): number => (command === 'lab' ? 30 : 6) * 60_000;

export async function rideOut(moment: Moment, world: World): Promise<Verdict> {
  const { temporary } = world;
  const before = await machineState(temporary);
  const stage = await openStage(moment, world);
  const findings: string[] = [];
  let met = 'nothing';
  try {
    met = await suffer(moment, stage, findings);
    await recover(moment, stage, findings);
    // What has ended by itself leaves nothing to clean.
    findings.push(...(await remains(stage)));
  } catch (error) {
    findings.push(`the storm itself failed: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    await stage.close();
  }
  findings.push(...(await lastingDifferences(before, temporary)));
  return { met, findings };
}

/** The command, the blow, and its end. */
async function suffer(moment: Moment, stage: Stage, findings: string[]): Promise<string> {
  const { command, blow } = moment;
  const { box, beside, out } = stage;
  if (command === 'check' || command === 'self-test') {
    const { code, stderr } = await tare(box, ['run', stage.file, '--out', out]);
    if (code !== 0) throw new Error(`the run to be checked ended with ${code}: ${lastLines(stderr)}`);
  }
  const other = moment.isBesideAnother
    ? startTare({ ...box, env: { ...box.env, TARE_CACHE_DIR: sharedCache } }, [
        ...['run', beside.file, '--out', beside.out],
      ])
    : null;
  const child = startTare({ ...box, startedBy: stage.startedBy }, commandLine(command, stage));
  const met = await strike(moment, child, stage);
  const late = new AbortController();
  const exit = await Promise.race([
    child.exited,
    sleep(patienceMs(command), null, { signal: late.signal }).catch(() => null),
  ]);
  late.abort();
  if (exit === null) {
    findings.push(`hangs: ${lastLines(child.stderr())}`);
    process.kill(child.pid, 'SIGKILL');
    await child.exited;
  } else {
    findings.push(...[exitFinding(blow, exit, child.stderr())].flatMap((each) => each ?? []));
  }
  if (other !== null) {
    const clean = await tare(box, ['clean']);
    if (clean.code !== 0) findings.push(`clean beside a run: ${lastLines(clean.stderr)}`);
    const { code } = await other.exited;
    if (code !== 0) findings.push(`the run beside it ended with ${code}: ${lastLines(other.stderr())}`);
  }
  return `${met}, ended with ${exit?.signal ?? exit?.code ?? 'nothing'}`;
}

function commandLine(command: Command, { file, out }: Stage): string[] {
  switch (command) {
    case 'run':
      return ['run', file, '--out', out];
    case 'density':
      return ['density', file, '--out', out];
    case 'lab':
      return ['lab', 'run', file, '--out', out];
    case 'check':
      return ['check', out, '--budget', '1s'];
    case 'self-test':
      return ['check', out, '--self-test'];
  }
}

/** Clean, report, and the same command again. */
async function recover({ command }: Moment, stage: Stage, findings: string[]): Promise<void> {
  const { box, out } = stage;
  const journal = async (): Promise<Told> =>
    readTold(await readFile(join(out, 'events.ndjson'), 'utf8').catch(() => ''));
  const suffered = await journal();
  await stage.ease();
  const { code: cleaned, stderr: said } = await tare(box, ['clean']);
  if (cleaned !== 0) findings.push(`clean ended with ${cleaned}: ${lastLines(said)}`);
  findings.push(...(await remains(stage)));
  findings.push(...[lossFinding(suffered, await journal())].flatMap((each) => each ?? []));
  if (suffered.isShowable) {
    const { code, stdout, stderr } = await tare(box, ['report', out, '--json']);
    if (code === 0) {
      const finding = recordFinding(suffered, JSON.parse(stdout) as RunRecord);
      if (finding !== null) findings.push(`report: ${finding}`);
    } else findings.push(`report ended with ${code}: ${lastLines(stderr)}`);
  }
  if (!suffered.isBegun) return;
  const { code, stderr } = await tare(box, goingOn(command, stage), {}, patienceMs(command));
  const ended = await journal();
  const allowed = exitsAfterResuming(command, ended.failures);
  if (!allowed.includes(code)) {
    findings.push(`going on ended with ${code}, not with ${allowed.join(' or ')}: ${lastLines(stderr)}`);
  }
  if (ended.failures > suffered.failures) findings.push(`going on failed: ${lastLines(stderr)}`);
  findings.push(...[lossFinding(suffered, ended)].flatMap((each) => each ?? []));
}

function goingOn(command: Command, stage: Stage): string[] {
  if (command === 'check' || command === 'self-test') return commandLine(command, stage);
  return [...(command === 'lab' ? ['lab'] : []), 'run', '--resume', stage.out];
}

async function remains({ box, out }: Stage): Promise<string[]> {
  const left = await leftovers({ folder: box.folder, cache: box.cache, results: dirname(out) });
  const leases = await readdir(join(box.folder, 'state/tare/leases')).catch(() => []);
  return [...left, ...leases.map((name) => `lease ${name}`)].map((each) => `left behind: ${each}`);
}
