import { expect, it } from 'vitest';
import { load, mistakesOf } from '../scenario-folder.ts';

const scenario = (ready: string, more = ''): string => `name: s
workload:
  name: w
  rootfs: { from: debian, packages: [busybox-static] }
  command: [/bin/busybox, 'true']
  ready: ${ready}
${more}
`;
const onProcess = 'platforms: [process]';

it('a workload that ends by itself needs no port, and its completion is measured where nothing else is asked for', () => {
  const { workload, measures } = load(scenario('{ by: exit, status: 3, timeout: 5s }', onProcess));
  expect(workload.ready).toEqual({ by: 'exit', status: 3, timeoutMs: 5000 });
  expect(measures).toMatchObject({ startup: null, completion: { samples: 10, pageCache: 'warm' } });
});

it.each([
  [
    '{ by: exit, status: 256 }',
    onProcess,
    's.yaml:6:30: workload.ready.status: expected a whole number from 0 to 255',
  ],
  [
    '{ by: exit }',
    `${onProcess}\nmeasures: { startup: {}, completion: {} }`,
    's.yaml:8:13: measures.startup: workload w ends by itself (ready: { by: exit }) and is never asked anything; expected completion',
  ],
  [
    '{ by: tcp }\n  port: 80',
    `${onProcess}\nmeasures: { completion: {} }`,
    's.yaml:9:13: measures.completion: workload w serves and does not end by itself; expected a workload with ready: { by: exit }',
  ],
  [
    '{ by: exit }',
    'platforms: [vm-clone]',
    's.yaml:7:13: platforms[0]: there is no moment to take a snapshot of workload w, which ends by itself; expected start: boot',
  ],
])('ready: %s with %s is refused', (ready, more, line) => {
  expect(mistakesOf(scenario(ready, more))).toEqual([line]);
});
