import { describe, expect, it } from 'vitest';
import { batchOptions, batchScript } from '../../../../bench/fleet/slurm/batch-script.ts';
import { chooseNodes } from '../../../../bench/fleet/slurm/choose-nodes.ts';
import { parseNodes, parseTasks } from '../../../../bench/fleet/slurm/cluster.ts';
import { run } from '../../../../runners/machine/command.ts';
import { blocksIn, stateOf, type Written } from '../../../../bench/fleet/slurm/progress.ts';

const nodes = parseNodes(`n1|idle|old|1|1000|main*
n2|allocated|new,fast|1|1000|main*
n3|idle|new|1|1000|main*
n4|down*|new|1|1000|main*
n5|drained|(null)|1|1000|main*
`);
const any = { nodes: null, list: null, constraint: null };

describe('choosing nodes', () => {
  it('takes idle ones first, and none that is down or drained', () => {
    expect(chooseNodes(nodes, any).map(({ name }) => name)).toEqual(['n1', 'n3', 'n2']);
    expect(chooseNodes(nodes, { ...any, nodes: 2 }).map(({ name }) => name)).toEqual(['n1', 'n3']);
  });

  it('follows names and features', () => {
    expect(chooseNodes(nodes, { ...any, constraint: 'new&fast' }).map(({ name }) => name)).toEqual(['n2']);
    expect(chooseNodes(nodes, { ...any, constraint: 'old|fast' }).map(({ name }) => name)).toEqual([
      'n1',
      'n2',
    ]);
    expect(chooseNodes(nodes, { ...any, list: ['n3'] }).map(({ name }) => name)).toEqual(['n3']);
  });

  it('says what is wrong, and which nodes cannot', () => {
    expect(() => chooseNodes(nodes, { ...any, nodes: 5 })).toThrow(
      /5 nodes are asked for, and 3 .* n4 is down\*, n5 is drained/,
    );
    expect(() => chooseNodes(nodes, { ...any, list: ['n9'] })).toThrow(/no node n9/);
    expect(() => chooseNodes(nodes, { ...any, constraint: '[a*2]' })).toThrow(/--constraint/);
  });
});

describe('the batch script', () => {
  const job = {
    folder: "/shared/it's mine",
    program: ['/usr/bin/node', '/opt/tare/cli.js'],
    args: ['/shared/my scenario.yaml', '--samples', '6'],
    name: 'tare-tiny',
    features: ['new', 'fast'],
    broadcast: null,
  };

  it('takes nothing of the shell that submits along', () => {
    const options = batchOptions(job, {
      node: 'n1',
      runs: 3,
      partition: null,
      constraint: null,
      time: '10:00',
    });
    expect(options).toContain('--export=NONE');
    expect(options).toContain('--exclusive');
    expect(options).toContain('--requeue');
    expect(options).toContain('--array=0-2%1');
    expect(options).toContain('--time=10:00');
  });

  it('quotes what a shell would take apart, names the host, cleans first and resumes', () => {
    const script = batchScript(job);
    expect(script).toContain(`fleet='/shared/it'\\''s mine'`);
    expect(script).toContain(`run '/shared/my scenario.yaml' --samples 6 --out "$run"`);
    expect(script).toContain('export TARE_HOST_NAME="$SLURMD_NODENAME"');
    expect(script).toContain('TARE_HOST_LABELS=class=new+fast');
    expect(script.indexOf(' clean ')).toBeLessThan(script.indexOf('--resume'));
  });
});

describe('the batch script of a node that shares no file system', () => {
  const script = batchScript({
    folder: '/home/me/fleet',
    program: ['/usr/bin/node', '/opt/tare/cli.js'],
    args: ['--samples', '6'],
    name: 'tare-tiny',
    features: [],
    broadcast: '/var/tmp',
  });

  it('names nothing that only the host that submits has', () => {
    expect(script).not.toContain('/home/me');
    expect(script).not.toContain('/opt/tare');
    expect(script).toContain('own="/var/tmp/tare-fleet/$SLURMD_NODENAME/$SLURM_ARRAY_JOB_ID"');
  });

  it('waits for what sbcast brings, checks it, cleans, runs, and waits until its run is fetched', () => {
    const order = [
      'say send',
      'sha256sum --quiet -c bundle.sha256',
      'say run',
      ' clean ',
      '--resume "$run" --given "$own/bundle/given.json" --cache-dir "$own/bundle/cache"',
      'finish $code',
    ].map((text) => script.indexOf(text));
    expect(order.every((place) => place > 0)).toBe(true);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(script).toContain('until [ -e "$run.fetched" ]');
  });

  it('is a script that bash can read', async () => {
    await run('bash', ['-n'], { input: script });
  });
});

describe('how far a task is', () => {
  const written: Written = {
    blocks: 0,
    hasBegun: false,
    isDone: false,
    exit: null,
    lastLine: '',
    restarts: 0,
  };
  const task = (state: string, reason = 'None', comment = '(null)') =>
    parseTasks(`7|0|8|${state}|${reason}|${comment}\n`)[0] ?? null;

  it.each([
    [task('PENDING', 'Resources'), written, { is: 'queued' }],
    // Behind another job of the fleet on the same node.
    [task('PENDING', 'ReqNodeNotAvail, UnavailableNodes:n2'), written, { is: 'queued' }],
    [task('RUNNING'), written, { is: 'preparing' }],
    [task('RUNNING'), { ...written, blocks: 2, hasBegun: true }, { is: 'sampling', block: 3 }],
    // On a node that shares no file system.
    [task('RUNNING', 'None', 'tare: send'), written, { is: 'preparing' }],
    [task('RUNNING', 'None', 'tare: run'), written, { is: 'measuring' }],
    [task('COMPLETED'), { ...written, isDone: true, exit: 0 }, { is: 'done' }],
    // The daemon of its node was killed, and the run came to its end all the same.
    [task('NODE_FAIL'), { ...written, isDone: true }, { is: 'done' }],
    [null, { ...written, isDone: true }, { is: 'done' }],
    // A gate that failed is no loss.
    [task('FAILED'), { ...written, isDone: true, exit: 1 }, { is: 'done' }],
    // Slurm's signal ended the run, and the task is about to be requeued or waits to go on.
    [task('COMPLETING'), { ...written, blocks: 2, exit: 143 }, { is: 'sampling', block: 3 }],
    [task('PENDING', 'BeginTime'), { ...written, blocks: 2, exit: 143 }, { is: 'queued' }],
  ])('%j, %j: %j', (slurm, has, state) => {
    expect(stateOf(slurm, has)).toEqual(state);
  });

  it.each([
    [task('NODE_FAIL'), written, 'node down', true],
    [task('PENDING', 'PartitionDown'), written, 'node down', true],
    [task('TIMEOUT'), written, 'time limit', true],
    [task('TIMEOUT'), { ...written, exit: 143 }, 'time limit', true],
    [task('PREEMPTED'), { ...written, exit: 143 }, 'preempted', true],
    [task('CANCELLED'), { ...written, exit: 143 }, 'cancelled', false],
    [null, { ...written, exit: 137 }, 'its program was killed (signal 9)', true],
    [null, written, 'Slurm has forgotten it, and its run has not ended', true],
    [
      task('RUNNING'),
      { ...written, exit: 3, lastLine: 'tare: /dev/kvm is not usable' },
      'tare: /dev/kvm is not usable',
      true,
    ],
    [
      task('FAILED'),
      { ...written, exit: 4, lastLine: 'ENOSPC: no space left' },
      'disk full: ENOSPC: no space left',
      true,
    ],
    [task('FAILED'), { ...written, exit: 2, lastLine: 'no such scenario' }, 'no such scenario', false],
    [task('FAILED'), { ...written, exit: 137, lastLine: 'x' }, 'its program was killed (signal 9)', true],
  ])('%j, %j: lost, %s', (slurm, has, reason, canRunAgain) => {
    expect(stateOf(slurm, has)).toEqual({ is: 'lost', reason, canRunAgain });
  });

  it('takes a requeued task for lost only where its node is down', () => {
    const requeued = task('PENDING', 'BeginTime');
    expect(stateOf(requeued, { ...written, blocks: 2 })).toEqual({ is: 'queued' });
    expect(stateOf(requeued, { ...written, blocks: 2 }, true)).toMatchObject({
      is: 'lost',
      reason: 'node down',
    });
  });

  it('counts blocks that every platform has, without the warm-up', () => {
    const lines = [
      { type: 'platform', platform: { id: 'a', skipped: null } },
      { type: 'platform', platform: { id: 'b', skipped: null } },
      { type: 'platform', platform: { id: 'c', skipped: { reason: '', remedy: '' } } },
      ...[0, 1, 2].map((block) => ({ type: 'step', platform: 'a', block, durationMs: 1 })),
      ...[0, 1].map((block) => ({ type: 'step', platform: 'b', block, durationMs: 1 })),
    ];
    const journal = lines.map((line) => JSON.stringify(line)).join('\n');
    expect(blocksIn(journal)).toBe(1);
    expect(blocksIn(`${journal}\n{"type":"step","platfo`)).toBe(1);
    expect(blocksIn('')).toBe(0);
  });
});
