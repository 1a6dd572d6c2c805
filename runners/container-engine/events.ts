/** Turns an engine's own account of what it does into marks of instances. */
import { createInterface } from 'node:readline';
import { monotonicOfWall } from '../machine/clock.ts';
import { start } from '../machine/command.ts';
import type { Launcher } from '../shared/launch.ts';
import type { MarkBoard } from '../runner.ts';
import { commandLine, type EngineCommand } from './command.ts';

/** One event that is a mark, on the wall clock. */
export interface EngineMark {
  instance: string;
  mark: string;
  /** Milliseconds since 1970, with digits. */
  wallMs: number;
}

/** What a line of the engine's says; null: nothing that matters. */
export type ReadEvent = (line: string) => EngineMark | null;

export interface EngineEvents {
  follow(instance: string, marks: MarkBoard): void;
  forget(instance: string): void;
  close(): Promise<void>;
}

export interface EventBoard extends Pick<EngineEvents, 'follow' | 'forget'> {
  take(line: string): void;
}

export function eventBoard(read: ReadEvent): EventBoard {
  const boards = new Map<string, MarkBoard>();
  return {
    follow: (instance, marks) => void boards.set(instance, marks),
    forget: (instance) => void boards.delete(instance),
    take: (line) => {
      const event = read(line);
      if (event !== null) boards.get(event.instance)?.set(event.mark, monotonicOfWall(event.wallMs));
    },
  };
}

/**
 * Listens to the engine's command `events`.
 *
 * @param launcher joins the cgroup that the listener is counted in, apart from every instance
 */
export function listenToEngine(
  engine: EngineCommand,
  launcher: Launcher,
  args: readonly string[],
  read: ReadEvent,
): EngineEvents {
  const board = eventBoard(read);
  // Events since now are told again, so none is lost before the listener is connected.
  const since = ['--since', new Date().toISOString()];
  const listen = commandLine(engine, ['events', ...args, ...since]);
  const listener = start(launcher.program, [...launcher.args, ...listen], {
    env: { ...engine.env },
    cleanEnv: true,
  });
  listener.stderr.resume();
  createInterface({ input: listener.stdout }).on('line', (line) => {
    board.take(line);
  });
  return {
    ...board,
    async close() {
      listener.kill();
      await listener.exited;
    },
  };
}
