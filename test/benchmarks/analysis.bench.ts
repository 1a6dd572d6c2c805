/** How long stored samples take: a run of 100,000 analysed and reported, a history of 1,000 runs. The program is run as built. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildRecord } from '../../bench/run/journal/build-record.ts';
import type { JournalEvent } from '../../bench/run/journal/journal.ts';
import type { RunRecord } from '../../bench/record/schema.ts';
import { monotonicMs } from '../../runners/machine/clock.ts';
import { loadScenario } from '../../scenarios/loader/load.ts';
import { makeStoredRuns } from '../fixtures/history/make-stored-runs.ts';
import { makeRecord } from '../fixtures/records/make-record.ts';
import { makeSandbox } from '../support/tare.ts';
import { runBuilt } from './built.ts';
import type { BenchRow } from './row.ts';

/** From the journal's events to the record, and from the record on disk to every report. */
export async function benchAnalysis(): Promise<BenchRow[]> {
  const events = journalOf(makeRecord({ samples: 1200 }));
  const beganAt = monotonicMs();
  const record = buildRecord(events);
  const analysedMs = monotonicMs() - beganAt;
  const box = await makeSandbox();
  try {
    await writeFile(join(box.folder, 'run.json'), JSON.stringify(record, null, 2));
    const { durationMs, maxRssMiB } = await runBuilt(box, ['report', '.']);
    const samples = record.results.reduce((sum, result) => sum + result.samples.length, 0);
    return [
      {
        name: `${samples} samples analysed and reported`,
        value: analysedMs + durationMs,
        unit: 'ms',
        atMost: 3000,
      },
      { name: 'the same, memory at most', value: maxRssMiB, unit: 'MiB', atMost: 300 },
    ];
  } finally {
    await box.remove();
  }
}

/** Two platforms with every measure, six samples of each figure a run, and one figure that changes. */
export async function benchHistory(): Promise<BenchRow[]> {
  const box = await makeSandbox();
  try {
    for (const record of makeStoredRuns(1000, 600)) {
      const folder = join(box.folder, '.tare', 'runs', record.run.id);
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, 'run.json'), JSON.stringify(record, null, 2));
    }
    const { durationMs, maxRssMiB } = await runBuilt(box, ['history', '--reporter', 'html=history.html']);
    return [
      { name: 'history of 1,000 runs, as table and page', value: durationMs, unit: 'ms', atMost: 2000 },
      { name: 'the same, memory at most', value: maxRssMiB, unit: 'MiB', atMost: null },
    ];
  } finally {
    await box.remove();
  }
}

/** The events of a run that gives this record. */
function journalOf({ run: about, host, workload, platforms, results }: RunRecord): JournalEvent[] {
  const { id, startedAt, finishedAt, tareVersion, seed } = about;
  const scenario = loadScenario('tomcat', { cwd: '/' });
  return [
    { type: 'run', id, startedAt, tareVersion, seed, scenario },
    { type: 'host', host },
    { type: 'workload', workload },
    ...platforms.map((platform): JournalEvent => ({ type: 'platform', platform })),
    ...results.flatMap(({ samples, platform, measure, metric, lens = null, condition, definition }) =>
      samples.map((sample): JournalEvent => {
        const words = measure === 'image' ? definition : null;
        return { type: 'sample', platform, measure, metric, lens, condition, definition: words, sample };
      }),
    ),
    { type: 'finish', at: finishedAt, aborted: false },
  ];
}
