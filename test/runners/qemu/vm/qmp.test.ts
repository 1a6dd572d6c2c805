/** Against a fake QEMU: a socket server of this test that answers as it is told. */
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openQmp, type QmpEvent } from '../../../../runners/qemu/vm/qmp.ts';
import { listenOn, type Listener } from '../../../../runners/qemu/vm/sockets.ts';

const greeting = '{"QMP": {"version": {"qemu": {"major": 7}}, "capabilities": []}}\r\n';
const patient = { timeoutMs: 5000 };

let folder: string;
let listener: Listener;
let fake: Socket;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tare-qmp-'));
  listener = await listenOn(join(folder, 'qmp'));
  fake = connect(listener.path);
  fake.on('error', () => undefined);
});
afterEach(async () => {
  fake.destroy();
  await listener.close();
  await rm(folder, { recursive: true });
});

/** Has the fake answer each command by name. */
function answers(table: Record<string, string>): void {
  fake.on('data', (chunk) => {
    for (const line of chunk.toString().trim().split('\n')) {
      const { execute } = JSON.parse(line) as { execute: string };
      const answer = table[execute];
      if (answer !== undefined) fake.write(answer);
    }
  });
}

const negotiated = '{"return": {}}\r\n';

test('greets, negotiates and executes', async () => {
  answers({ qmp_capabilities: negotiated, 'query-status': '{"return": {"status": "running"}}\r\n' });
  fake.write(greeting);
  const qmp = await openQmp(await listener.connection, () => undefined);
  expect(await qmp.execute('query-status', patient)).toEqual({ status: 'running' });
});

test('reads messages that come in pieces, and events between answers', async () => {
  const events: QmpEvent[] = [];
  const event = '{"event": "SHUTDOWN", "data": {"guest": true}, "timestamp": {}}\r\n';
  answers({ qmp_capabilities: negotiated, 'query-status': `${event}{"return": {"status": "x"}}\r\n` });
  fake.write(greeting.slice(0, 20));
  setTimeout(() => fake.write(greeting.slice(20)), 20);
  const qmp = await openQmp(await listener.connection, (seen) => events.push(seen));
  expect(await qmp.execute('query-status', patient)).toEqual({ status: 'x' });
  expect(events).toEqual([{ event: 'SHUTDOWN', data: { guest: true } }]);
});

test("tells QEMU's own words for a command that failed", async () => {
  answers({
    qmp_capabilities: negotiated,
    bad: '{"error": {"class": "CommandNotFound", "desc": "not found"}}\r\n',
  });
  fake.write(greeting);
  const qmp = await openQmp(await listener.connection, () => undefined);
  await expect(qmp.execute('bad', patient)).rejects.toThrow('bad: not found');
});

test('gives up on a command that is not answered, and on all that follow', async () => {
  answers({ qmp_capabilities: negotiated });
  fake.write(greeting);
  const qmp = await openQmp(await listener.connection, () => undefined);
  await expect(qmp.execute('stop', { timeoutMs: 20 })).rejects.toThrow('no answer to stop within 20 ms');
  await expect(qmp.execute('cont', patient)).rejects.toThrow('no answer to stop within 20 ms');
});

test('tells a QEMU that dies before it greets', async () => {
  const opening = openQmp(await listener.connection, () => undefined);
  fake.destroy();
  await expect(opening).rejects.toThrow('the greeting: QEMU closed the connection');
});

test('tells a QEMU that dies while it is asked', async () => {
  answers({ qmp_capabilities: negotiated });
  fake.write(greeting);
  const qmp = await openQmp(await listener.connection, () => undefined);
  fake.once('data', () => fake.destroy());
  await expect(qmp.execute('query-status', patient)).rejects.toThrow(
    'query-status: QEMU closed the connection',
  );
});

test('refuses what is no QMP', async () => {
  fake.write('HTTP/1.1 400 Bad Request\r\n');
  await expect(openQmp(await listener.connection, () => undefined)).rejects.toThrow(
    'not a QMP message: HTTP',
  );
});

test('a command after the end is refused at once', async () => {
  answers({ qmp_capabilities: negotiated });
  fake.write(greeting);
  const qmp = await openQmp(await listener.connection, () => undefined);
  qmp.close();
  await expect(qmp.execute('query-status', patient)).rejects.toThrow('the connection was closed');
});

test("a socket's path that is too long is refused with its length", async () => {
  await expect(listenOn(join(folder, 'x'.repeat(107)))).rejects.toThrow(/at most 107 bytes/);
});
