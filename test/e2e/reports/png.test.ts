/** The charts of a run as pictures, drawn by a real browser. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeRecord } from '../../fixtures/records/make-record.ts';
import { makeSandbox, tare, type Sandbox } from '../../support/tare.ts';

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
  });
});
