/**
 * Docker with an engine of the user's: what is the user's is never touched, whatever becomes of the run. The engine is a
 * real one; a network namespace of its own stands for the user's machine, and Tare runs in it.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunRecord } from '../../../bench/record/schema.ts';
import type { DockerOptions } from '../../../runners/docker/engine.ts';
import { dockerRunner } from '../../../runners/docker/runner.ts';
import { silentLog } from '../../runners/machine/local-run.ts';
import { leftovers } from '../../support/leftovers.ts';
import { writeScenario } from '../../support/scenario-file.ts';
import { makeSandbox, startTare, tare, type Sandbox } from '../../support/tare.ts';
import { openUsersMachine, type UsersMachine } from '../../support/platforms/users-machine.ts';

let machine: UsersMachine;
let box: Sandbox;

beforeAll(async () => {
  // The namespace that stands for the machine reaches no archive: what is measured in it is built before.
  box = await makeSandbox();
  const file = await writeScenario(box.folder, 'users', { platforms: ['process', 'runc'] });
  const { code, stderr } = await tare(box, ['build', file]);
  expect(code, stderr).toBe(0);
  await box.remove();
  machine = await openUsersMachine();
});
afterAll(() => machine.close());
beforeEach(async () => {
  box = { ...(await makeSandbox()), startedBy: ['nsenter', `--net=${machine.networkNamespace}`] };
});
afterEach(async () => {
  expect(await leftovers(box)).toEqual([]);
  await box.remove();
});

const onUsersEngine = (): Record<string, string> => ({
  id: 'docker',
  runner: 'docker',
  engine: 'user',
  socket: machine.socket,
});

async function recordIn(out: string): Promise<RunRecord> {
  return JSON.parse(await readFile(join(box.folder, out, 'run.json'), 'utf8')) as RunRecord;
}

describe('a run on the user’s engine', () => {
  it('measures there, and leaves what is the user’s as it was', async () => {
    const before = await machine.belongings();
    expect(before['containers']).toHaveLength(2);
    const file = await writeScenario(box.folder, 'users', {
      platforms: ['process', onUsersEngine()],
      measures: { startup: { samples: 1 }, memory: { settle: '0s' }, image: {}, stop: {} },
    });
    const { code, stderr } = await tare(box, ['run', file, '--out', 'out']);
    expect(code, stderr).toBe(0);
    const record = await recordIn('out');
    expect(record.failures).toEqual([]);
    expect(record.platforms.find(({ id }) => id === 'docker')).toMatchObject({
      network: 'docker-bridge',
      details: { engine: `the user's, at ${machine.socket}` },
    });
    const metrics = record.results
      .filter(({ platform }) => platform === 'docker')
      .map(({ metric }) => metric);
    expect(metrics).toEqual(
      expect.arrayContaining(['startup.ready', 'startup.phase.runtime', 'memory.pss', 'image.allocated']),
    );
    expect(await machine.belongings()).toEqual(before);
  });

  it('that is killed leaves things there, which tare clean removes, and nothing else', async () => {
    const before = await machine.belongings();
    const measures = { startup: { samples: 200 } };
    const file = await writeScenario(box.folder, 'killed', {
      platforms: [onUsersEngine()],
      measures,
      more: { baseline: 'docker' },
    });
    const child = startTare(box, ['run', file, '--out', 'out']);
    await child.says('block 1 of');
    process.kill(child.pid, 'SIGKILL');
    await child.exited;
    expect(await machine.belongings()).not.toEqual(before);
    const { code, stderr } = await tare(box, ['clean']);
    expect(code, stderr).toBe(0);
    expect(await machine.belongings()).toEqual(before);
  });

  it('whose engine dies is a failure of that name, and the other platforms are measured', async () => {
    const file = await writeScenario(box.folder, 'dies', {
      platforms: ['process', onUsersEngine()],
      measures: { startup: { samples: 6 } },
    });
    const child = startTare(box, ['run', file, '--out', 'out']);
    await child.says('block 1 of');
    await machine.killEngine();
    expect((await child.exited).code, child.stderr()).toBe(4);
    const record = await recordIn('out');
    expect(record.run.status).toBe('partial');
    expect([...new Set(record.failures.map(({ platform }) => platform))]).toEqual(['docker']);
    expect(record.failures.map(({ code }) => code)).toContain('engine-died');
    const bare = record.results.find(
      (each) => each.platform === 'process' && each.metric === 'startup.ready',
    );
    expect(bare?.samples).toHaveLength(7);
    // What the run had there is still in the engine's store; once it runs again, clean finds it.
    expect(child.stderr()).toMatch(/not removed: engine/);
    await machine.startEngine();
    const { code, stderr } = await tare(box, ['clean']);
    expect(code, stderr).toBe(0);
    expect((await machine.belongings())['images']?.join()).not.toMatch(/tare-(?!0badcafe)/);
  });
});

describe('an engine that cannot be used', () => {
  const probe = (options: Partial<DockerOptions>): ReturnType<typeof dockerRunner.probe> =>
    dockerRunner.probe(
      { engine: 'user', socket: machine.socket, runtime: 'runc', ...options },
      { signal: new AbortController().signal, log: silentLog, cache: '/nonexistent' },
    );

  it('is skipped when nobody answers at its socket', async () => {
    expect(await probe({ socket: join(box.folder, 'no.sock') })).toMatchObject({
      usable: false,
      reason: expect.stringContaining('no docker engine answers at') as string,
      remedy: expect.stringContaining('engine: own') as string,
    });
  });

  it('is skipped when it does not know the runtime', async () => {
    expect(await probe({ runtime: 'youki' })).toMatchObject({
      usable: false,
      reason: expect.stringMatching(/knows no runtime youki \(it knows .*runc/) as string,
    });
  });

  it('gives way to one of Tare’s own, where that is left to Tare', async () => {
    expect(await probe({ engine: 'auto', socket: join(box.folder, 'no.sock') })).toMatchObject({
      usable: true,
      notes: [expect.stringContaining("an engine of Tare's own") as string],
    });
  });
});
