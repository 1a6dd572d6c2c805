/** Two variants of a scenario, run together: what was made worse in one is found, and what is the same is not. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { comparisonSchema, type RunComparison } from '../../../bench/record/comparison.ts';
import type { RunRecord } from '../../../bench/record/schema.ts';
import { leftovers } from '../../support/leftovers.ts';
import { writeScenario } from '../../support/scenario-file.ts';
import { makeSandbox, tare, type Sandbox } from '../../support/tare.ts';

let box: Sandbox;
let comparison: RunComparison;
let records: RunRecord[];
// The start is mostly a sleep, so that a busy machine changes it little.
const command = [
  '/bin/busybox',
  'sh',
  '-c',
  'sleep 0.2; exec /bin/busybox httpd -f -p "$0" -h /srv/www',
  '${port}',
];
const delayMs = 600;
const samples = 6;

async function writeVariant(name: string, ballast: number, delay: string): Promise<void> {
  await writeFile(join(box.folder, `ballast-${name}`), randomBytes(ballast));
  await writeScenario(box.folder, name, {
    workload: { command },
    files: [{ from: `ballast-${name}`, to: '/srv/www/ballast' }],
    platforms: ['process', { id: 'box', runner: 'oci', runtime: 'runc', 'start-delay': delay }],
    measures: { startup: { samples }, image: {} },
  });
}

beforeAll(async () => {
  box = await makeSandbox();
  await writeVariant('before', 1000, '0ms');
  await writeVariant('after', 600_000, `${delayMs}ms`);
  const { code, stdout, stderr } = await tare(box, [
    'compare',
    '--ab',
    'before.yaml',
    'after.yaml',
    '--out',
    'both',
    '--json',
  ]);
  expect(code, stderr).toBe(0);
  comparison = comparisonSchema.parse(JSON.parse(stdout));
  const read = async (name: string): Promise<RunRecord> =>
    JSON.parse(await readFile(join(box.folder, 'both', name, 'run.json'), 'utf8')) as RunRecord;
  records = [await read('a'), await read('b')];
});
afterAll(async () => {
  expect(await leftovers(box)).toEqual([]);
  await box.remove();
});

it('finds the delay, and where there is none no difference near it', () => {
  const [pair] = comparison.pairs;
  const ready = (platform: string) =>
    pair?.figures.find((figure) => figure.platform === platform && figure.metric === 'startup.ready');
  expect(ready('box')).toMatchObject({ verdict: 'worse', reference: { n: samples }, run: { n: samples } });
  expect(ready('box')?.shift.ciLow).toBeGreaterThan(delayMs / 2);
  expect(ready('process')?.ratio?.value).toBeGreaterThan(0.5);
  expect(ready('process')?.ratio?.value).toBeLessThan(2);
});

it('compares two payloads, whose sizes are exact', () => {
  const [pair] = comparison.pairs;
  expect(pair?.alternated).toBe(true);
  expect(pair?.differences).toContainEqual(
    expect.objectContaining({ level: 'note', platform: 'box', what: 'payload digest' }),
  );
  const size = pair?.figures.find(
    ({ platform, metric }) => platform === 'box' && metric === 'image.unpacked',
  );
  expect(size).toMatchObject({ exact: true, verdict: 'worse' });
  expect(records[0]?.workload.payloadDigest).not.toBe(records[1]?.workload.payloadDigest);
});

it('samples both in every round before the next begins', () => {
  const taken = records.flatMap(({ results, run }) =>
    results
      .filter(({ metric }) => metric === 'startup.ready')
      .flatMap((result) =>
        result.samples.map(({ block, at }) => ({ block, at: Date.parse(at), side: run.id })),
      ),
  );
  taken.sort((one, other) => one.at - other.at);
  const blocks = Array.from({ length: samples + 1 }, (_, block) => block);
  // Two platforms a side: four in a round.
  expect(taken.map(({ block }) => block)).toEqual(blocks.flatMap((block) => [block, block, block, block]));
  // And no side is interrupted within its block.
  for (const block of blocks) {
    const sides = taken.slice(4 * block, 4 * block + 4).map(({ side }) => side);
    expect([sides[0], sides[2]]).toEqual([sides[1], sides[3]]);
    expect(sides[0]).not.toBe(sides[2]);
  }
});

it('does not go on with one side alone', async () => {
  const { code, stderr } = await tare(box, ['run', '--resume', 'both/a']);
  expect(code).toBe(2);
  expect(stderr).toMatch(/one side of an A\/B/);
});
