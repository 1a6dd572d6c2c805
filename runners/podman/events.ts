/** Podman's events that are moments of a start, from the file that it writes them to. */
import { watch } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { eventBoard, type EngineEvents, type EngineMark } from '../container-engine/events.ts';

/** Its command `events` looks into the file only every quarter of a second, which may be after the container is ready. */
export async function followEventFile(file: string): Promise<EngineEvents> {
  const board = eventBoard(readPodmanEvent);
  const handle = await open(file, 'a+');
  let offset = 0;
  let rest = '';
  let reading = Promise.resolve();
  const readOn = async (): Promise<void> => {
    const { size } = await stat(file);
    // Podman cuts a long file short.
    if (size < offset) [offset, rest] = [0, ''];
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - offset), 0, size - offset, offset);
    offset += bytesRead;
    const lines = (rest + buffer.toString('utf8', 0, bytesRead)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) board.take(line);
  };
  const watcher = watch(file, { persistent: false }, () => {
    // One after the other; a file that is gone is about to be closed.
    reading = reading.then(readOn).catch(() => undefined);
  });
  return {
    ...board,
    async close() {
      watcher.close();
      await reading;
      await handle.close();
    },
  };
}

interface PodmanEvent {
  Name: string;
  Status: string;
  /** RFC 3339 with nanoseconds. */
  Time: string;
  Type: string;
}

const marks: Readonly<Record<string, string>> = { create: 'container', died: 'died', restart: 'restarted' };

/**
 * `container`: the container is made; what follows is its layer, its network, conmon and the runtime. `died`: its end has
 * been seen, and `restarted`: it is being started again.
 */
export function readPodmanEvent(line: string): EngineMark | null {
  const event = parse(line);
  const mark = marks[event?.Status ?? ''];
  if (event?.Type !== 'container' || mark === undefined) return null;
  const wallMs = wallMsOf(event.Time);
  return wallMs === null ? null : { instance: event.Name, mark, wallMs };
}

/** Date.parse alone would cut the digits below a millisecond off. */
function wallMsOf(time: string): number | null {
  const [, seconds = '', fraction = '', zone = ''] = /^([^.]+?)(\.\d+)?(Z|[+-]\d\d:\d\d)$/.exec(time) ?? [];
  const whole = Date.parse(seconds + zone);
  return Number.isNaN(whole) ? null : whole + Number(`0${fraction}`) * 1000;
}

/** Null for a line that is no event. */
function parse(line: string): PodmanEvent | null {
  try {
    return JSON.parse(line) as PodmanEvent;
  } catch {
    return null;
  }
}
