// Tare in a test of your own project: node --test startup.test.mjs, as root, after `npm install --save-dev tare`.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareRecords, findResult, readRecord, runScenario } from 'tare';

const options = { platforms: ['process'], measures: ['startup'], samples: 4 };

test('the server is ready within five seconds', async () => {
  const record = await runScenario('tiny', { ...options, out: 'before' });
  assert.deepEqual(record.failures, []);
  const { median } = findResult(record, 'process', 'startup.ready').summary;
  assert.ok(median < 5_000, `ready after ${median} ms`);
});

test('the next run is compared with the first one', async () => {
  const before = await readRecord('before');
  const comparison = compareRecords(before, await runScenario('tiny', options));
  const [ready] = comparison.pairs[0].figures.filter(({ metric }) => metric === 'startup.ready');
  // One of: worse, better, hint, none-seen, same, too-few.
  assert.notEqual(ready.verdict, 'same', 'two starts never take the same time');
});
