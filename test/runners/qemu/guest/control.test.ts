import { PassThrough } from 'node:stream';
import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import {
  listenToGuest,
  parseGuestMessage,
  type GuestMessage,
} from '../../../../runners/qemu/guest/control.ts';

test.each<[string, GuestMessage]>([
  ['mark initrd', { type: 'mark', name: 'initrd' }],
  ['mark exec', { type: 'mark', name: 'exec' }],
  ['clock 1500000', { type: 'clock', sinceMs: 1.5 }],
  ['exit 143', { type: 'exit', code: 143 }],
  ['identified', { type: 'identified' }],
  ['not-started exec 013', { type: 'not-started', step: 'exec', errno: 13 }],
  ['exit TERM', { type: 'exit', code: 143 }],
  ['memory 2 1', { type: 'memory', totalBytes: 2048, availableBytes: 1024 }],
  ['failed cannot mount the disk', { type: 'failed', reason: 'cannot mount the disk' }],
])('%s is understood', (line, message) => {
  expect(parseGuestMessage(line)).toEqual(message);
});

test.each([
  '',
  'stop',
  'memory',
  'memory 1',
  'memory 1 x',
  'mark ready',
  'clock',
  'clock -1',
  'exit x',
  'not-started',
  'not-started dance 1',
])('the line "%s" is no message', (line) => {
  expect(parseGuestMessage(line)).toBeNull();
});

test('lines are put together from pieces, without the carriage returns of a serial line', () => {
  const stream = new PassThrough();
  const messages: GuestMessage[] = [];
  listenToGuest(stream as unknown as Socket, (message) => messages.push(message));
  for (const piece of ['mark in', 'itrd\r\nmemory\r\nex', 'it 7\r\n', 'mark init'])
    stream.emit('data', Buffer.from(piece));
  expect(messages).toEqual([
    { type: 'mark', name: 'initrd' },
    { type: 'exit', code: 7 },
  ]);
});
