import { expect, test } from 'vitest';
import { readPodmanEvent } from '../../../runners/podman/events.ts';

const event = (more: Record<string, string>): string =>
  JSON.stringify({
    ID: 'bbbd',
    Name: 'podman-1',
    Status: 'create',
    Time: '2026-11-21T06:04:17.472239966Z',
    Type: 'container',
    ...more,
  });

test('the making of a container is a mark, to the microsecond', () => {
  const found = readPodmanEvent(event({}));
  expect(found).toMatchObject({ instance: 'podman-1', mark: 'container' });
  expect(found?.wallMs).toBeCloseTo(Date.UTC(2026, 10, 21, 6, 4, 17) + 472.239966, 3);
});

test.each([
  ['2026-11-21T06:04:17Z', Date.UTC(2026, 10, 21, 6, 4, 17)],
  ['2026-11-21T08:04:17.5+02:00', Date.UTC(2026, 10, 21, 6, 4, 17, 500)],
])('%s is a time', (Time, wallMs) => {
  expect(readPodmanEvent(event({ Time }))?.wallMs).toBe(wallMs);
});

test.each([
  ['died', 'died'],
  ['restart', 'restarted'],
])('%s is the mark %s', (Status, mark) => {
  expect(readPodmanEvent(event({ Status }))?.mark).toBe(mark);
});

test.each([event({ Status: 'start' }), event({ Type: 'image' }), event({ Time: 'now' }), 'no event', ''])(
  '%s is none',
  (line) => {
    expect(readPodmanEvent(line)).toBeNull();
  },
);
