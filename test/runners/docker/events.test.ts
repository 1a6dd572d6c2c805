import { expect, test } from 'vitest';
import { readDockerEvents } from '../../../runners/docker/events.ts';

const container = (Action: string, ID = 'c1', name = 'docker-1'): string =>
  JSON.stringify({
    Type: 'container',
    Action,
    timeNano: 1_795_240_780_440_712_700,
    Actor: { ID, Attributes: { name } },
  });
const connect = (ID: string): string =>
  JSON.stringify({
    Type: 'network',
    Action: 'connect',
    timeNano: 1_795_240_780_448_000_000,
    Actor: { ID: 'n1', Attributes: { container: ID, name: 'tare', type: 'bridge' } },
  });

test('made and connected are marks; the network knows the container by its number alone', () => {
  const read = readDockerEvents();
  expect(read(container('create'))).toMatchObject({ instance: 'docker-1', mark: 'container' });
  expect(read(container('create', 'c2', 'docker-2'))).toMatchObject({ instance: 'docker-2' });
  expect(read(connect('c1'))).toMatchObject({ instance: 'docker-1', mark: 'runtime' });
  expect(read(connect('c1'))?.wallMs).toBeCloseTo(1_795_240_780_448, 2);
});

test('an end is a mark, and so is the start that follows it, the first start excepted', () => {
  const read = readDockerEvents();
  read(container('create'));
  expect(read(container('start'))).toBeNull();
  expect(read(container('die'))).toMatchObject({ instance: 'docker-1', mark: 'died' });
  expect(read(container('start'))).toMatchObject({ instance: 'docker-1', mark: 'restarted' });
  expect(read(container('die', 'c9', 'somebody else'))).toBeNull();
});

test('anything else is none', () => {
  const read = readDockerEvents();
  expect(read(connect('of somebody else'))).toBeNull();
  expect(read(container('start'))).toBeNull();
  expect(read('WARNING: no swap limit support')).toBeNull();
  read(container('create'));
  expect(read(container('destroy'))).toBeNull();
  expect(read(connect('c1'))).toBeNull();
});
