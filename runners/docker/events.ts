/** Docker's events that are moments of a start. */
import type { EngineMark } from '../container-engine/events.ts';

/** Filters of `docker events`. */
export const eventArguments = [
  ...['create', 'connect', 'destroy', 'die', 'start'].flatMap((event) => ['--filter', `event=${event}`]),
  ...['--format', '{{json .}}'],
];

interface DockerEvent {
  Type: string;
  Action: string;
  timeNano: number;
  Actor: { ID: string; Attributes: Record<string, string> };
}

/**
 * `container`: the container is made, and the engine begins to mount its layer and to connect it. `runtime`: it is
 * connected, and what follows is containerd's, the shim's and the runtime's. `died`: the engine has seen its end, and
 * `restarted`: it has started it again. A network's event names the container by
 * its number only, so what is made is remembered until it is removed.
 */
export function readDockerEvents(): (line: string) => EngineMark | null {
  const names = new Map<string, string>();
  const died = new Set<string>();
  return (line) => {
    const event = parse(line);
    if (event === null) return null;
    const { Type, Action, Actor } = event;
    const wallMs = event.timeNano / 1e6;
    if (Type === 'container' && Action === 'create') {
      const instance = Actor.Attributes['name'] ?? '';
      names.set(Actor.ID, instance);
      return { instance, mark: 'container', wallMs };
    }
    if (Type === 'container' && Action === 'destroy') {
      names.delete(Actor.ID);
      died.delete(Actor.ID);
    }
    const name = names.get(Actor.ID);
    if (Type === 'container' && name !== undefined && Action === 'die') {
      died.add(Actor.ID);
      return { instance: name, mark: 'died', wallMs };
    }
    if (Type === 'container' && name !== undefined && Action === 'start') {
      return died.has(Actor.ID) ? { instance: name, mark: 'restarted', wallMs } : null;
    }
    const instance = names.get(Actor.Attributes['container'] ?? '');
    if (Type !== 'network' || Action !== 'connect' || instance === undefined) return null;
    return { instance, mark: 'runtime', wallMs };
  };
}

/** Null for what is no event: an engine may print a warning among them. */
function parse(line: string): DockerEvent | null {
  try {
    return JSON.parse(line) as DockerEvent;
  } catch {
    return null;
  }
}
