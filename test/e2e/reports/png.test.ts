/** The charts of a run as pictures, drawn by a real browser. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listLeases } from '../../../runners/machine/lease/lease.ts';
import { makeRecord } from '../../fixtures/records/make-record.ts';
import { makeSandbox, startTare, tare, type Sandbox } from '../../support/tare.ts';

let box: Sandbox;
beforeAll(async () => {
  box = await makeSandbox();
  await mkdir(join(box.folder, 'run'));
  const record = makeRecord();
  // Each chart is a start of the browser.
  const results = record.results.filter(({ measure }) => ['startup', 'memory'].includes(measure));
  await writeFile(join(box.folder, 'run/run.json'), JSON.stringify({ ...record, results }));
});
afterAll(() => box.remove());

/** Width and height, as a PNG's first chunk has them. */
async function sizeOf(path: string): Promise<[number, number]> {
  const bytes = await readFile(join(box.folder, path));
  expect(bytes.subarray(1, 4).toString()).toBe('PNG');
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
}

/** Command lines of the machine's processes that name the folder. */
async function commandsWith(folder: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  );
  return lines.filter((line) => line.includes(folder));
}

describe('tare report --reporter png', () => {
  it('draws the chart that the file is named after, as large as a slide', async () => {
    const { code, stderr } = await tare(box, ['report', 'run', '--reporter', 'png=memory.png']);
    expect(code, stderr).toBe(0);
    expect(await sizeOf('memory.png')).toEqual([1920, 1080]);
  });

  it('draws every chart into the folder of the run', async () => {
    const { code, stderr } = await tare(box, ['report', 'run', '--reporter', 'png']);
    expect(code, stderr).toBe(0);
    const names = await readdir(join(box.folder, 'run/charts'));
    expect(names).toEqual(expect.arrayContaining(['memory.png', 'phases.png', 'startup.png']));
    expect(await listLeases(join(box.folder, 'state/tare'))).toEqual([]);
  });

  it('takes its browser along where it is killed, and leaves only what tare clean removes', async () => {
    const temporary = join(box.folder, 'temporary');
    await mkdir(temporary);
    const report = startTare({ ...box, env: { ...box.env, TMPDIR: temporary } }, [
      ...['report', 'run', '--reporter', 'png=killed.png'],
    ]);
    const drawing = async (): Promise<string[]> => commandsWith(temporary);
    await expect.poll(drawing, { timeout: 100_000, interval: 20 }).not.toEqual([]);
    process.kill(report.pid, 'SIGKILL');
    await expect.poll(drawing, { timeout: 100_000 }).toEqual([]);
    expect(await readdir(temporary)).toHaveLength(1);
    const { code, stdout } = await tare(box, ['clean']);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^run charts\w+: removed what it left$/m)]);
    expect(await readdir(temporary)).toEqual([]);
  });
});
