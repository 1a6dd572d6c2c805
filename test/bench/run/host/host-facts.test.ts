import si from 'systeminformation';
import { expect, it } from 'vitest';
import { gatherHostFacts, stealPercent } from '../../../../bench/run/host/host-facts.ts';

const notProbed = { present: false, usable: false, backend: null, reason: 'not probed' };

it('names system, kernel and memory as systeminformation does, which starts programs for them', async () => {
  const [os, memory] = await Promise.all([si.osInfo(), si.mem()]);
  expect(await gatherHostFacts(notProbed)).toMatchObject({
    os: `${os.distro} ${os.release}`,
    kernel: os.kernel,
    memoryBytes: memory.total,
    swapBytes: memory.swaptotal,
  });
});

it.each([
  ['cpu  50 10 20 100 5 0 5 10 40 0', 5],
  ['cpu  50 0 0 50 0 0 0 0 0 0', 0],
  ['unknown', null],
  ['cpu  1 2 3', null],
])('tells from %j that %j percent of the time were stolen', (line, percent) => {
  expect(stealPercent(line)).toBe(percent);
});
