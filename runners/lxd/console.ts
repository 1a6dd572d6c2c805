/**
 * A container's life as seen from outside: the daemon's client ends once the container is started, but the container's
 * monitor holds the pipe of the console open as long as it lives.
 */
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cgroup } from '../machine/cgroup/cgroup.ts';
import type { RunningCommand } from '../machine/command.ts';
import type { Waiting } from '../shared/launch.ts';
import { parseEnd } from '../lxc/outcome.ts';

const pollMs = 2;
const lastMomentMs = 5000;

/** The client as the timed command, with the container's output and end in place of its own. */
export function withConsole(
  waiting: Waiting,
  reader: RunningCommand,
  log: string,
  cgroup: Pick<Cgroup, 'processes'>,
): Waiting {
  const client = waiting.command;
  const gone = client.gone.then(async (end) => {
    // A workload that ends at once may end before the client has been told that it was started.
    if (end.code !== 0 && !wasStarted(await readLog(log))) {
      reader.kill();
      return end;
    }
    await reader.gone;
    await untilEmpty(cgroup);
    return { code: parseEnd(await readLog(log)), signal: null };
  });
  return {
    go: () => {
      waiting.go();
    },
    command: {
      ...client,
      stdout: reader.stdout,
      // What the client says itself.
      stderr: client.stdout,
      gone,
      kill(signal) {
        client.kill(signal);
        reader.kill(signal);
      },
    },
  };
}

/** The monitor closes the pipe a moment before its own end. */
async function untilEmpty(cgroup: Pick<Cgroup, 'processes'>): Promise<void> {
  for (let waitedMs = 0; waitedMs < lastMomentMs; waitedMs += pollMs) {
    if ((await cgroup.processes()).length === 0) return;
    await sleep(pollMs);
  }
}

/** A line such as `NOTICE start - ../src/lxc/start.c:post_start:2205 - Started "/bin/x" with pid "7"`. */
function wasStarted(log: string): boolean {
  return / - Started "/.test(log);
}

/** liblxc's first complaint: `lxc x 2026… ERROR    start - ../src/lxc/start.c:start:2197 - Permission denied - Failed …`. */
export function loggedComplaint(log: string): string | null {
  return /^lxc \S+ \d+\.\d+ ERROR +\w+ - \S+:\d+ - (.*)$/m.exec(log)?.[1] ?? null;
}

function readLog(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}
