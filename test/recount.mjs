#!/usr/bin/env node
// Counts again, without a line of Tare's own code, that the instances which a run says it holds are there and answer 200
// all at the same time. While a platform is held, as root:
//   nsenter --net=/run/netns/tare-RUNID node test/recount.mjs RUNFOLDER PLATFORM [PATH]
// Prints what it found as JSON; exit 1 when it is not what the journal claims.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';

const [folder, platform, path = '/'] = process.argv.slice(2);
const claimed = heldInstances();
const processes = processesByInstance(claimed.map(({ id }) => id));
const answers = await askAllAtOnce(claimed);
const found = {
  claimed: claimed.length,
  distinctAddresses: new Set(claimed.map(({ host, port }) => `${host}:${port}`)).size,
  withProcesses: claimed.filter(({ id }) => processes.get(id).length > 0).length,
  withListeningProcess: claimed.filter(({ id, port }) => processes.get(id).some((pid) => listens(pid, port)))
    .length,
  withVmm: claimed.filter(({ id }) =>
    processes.get(id).some((pid) => commandOf(pid).startsWith('qemu-system')),
  ).length,
  withLog: claimed.filter(({ id }) => hasLog(id)).length,
  connectedAtTheSameTime: answers.connected,
  answered200: answers.good,
};
console.log(JSON.stringify(found));
const alive = Math.max(found.withListeningProcess, found.withVmm);
const counts = [
  found.distinctAddresses,
  found.withProcesses,
  found.withLog,
  alive,
  answers.connected,
  answers.good,
];
process.exitCode = claimed.length > 0 && counts.every((count) => count === claimed.length) ? 0 : 1;

/** The journal's last word on what is held. */
function heldInstances() {
  const lines = readFileSync(join(folder, 'events.ndjson'), 'utf8').split('\n').slice(0, -1);
  const events = lines.map((line) => JSON.parse(line));
  const hold = events.findLast((event) => event.type === 'density-hold' && event.platform === platform);
  return hold ? hold.instances : [];
}

/** By the folder names in each process's cgroup path; dead ones that nobody has waited for do not count. */
function processesByInstance(ids) {
  const found = new Map(ids.map((id) => [id, []]));
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const state = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)[0];
      if (state === 'Z' || state === 'X') continue;
      const names = new Set(readFileSync(`/proc/${pid}/cgroup`, 'utf8').split(/[/\n]/));
      for (const id of ids) if (names.has(id)) found.get(id).push(pid);
    } catch {
      // It has ended meanwhile.
    }
  }
  return found;
}

/** Whether the process's network namespace has a listening socket (state 0A in proc_net_tcp) on the port. */
function listens(pid, port) {
  const end = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return ['tcp', 'tcp6'].some((file) => {
    try {
      return readFileSync(`/proc/${pid}/net/${file}`, 'utf8')
        .split('\n')
        .some((line) => line.trim().split(/\s+/)[1]?.endsWith(end) && line.trim().split(/\s+/)[3] === '0A');
    } catch {
      return false;
    }
  });
}

function commandOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8');
  } catch {
    return '';
  }
}

function hasLog(id) {
  try {
    return statSync(join(folder, 'logs', id)).isDirectory();
  } catch {
    return false;
  }
}

/** Every connection stands before the first request is sent, and none is closed before the last answer is there. */
async function askAllAtOnce(instances) {
  const sockets = await Promise.all(
    instances.map(
      ({ host, port }) =>
        new Promise((resolve) => {
          const socket = connect({ host, port });
          socket.setTimeout(30_000, () => socket.destroy());
          socket.once('connect', () => resolve(socket));
          socket.once('error', () => resolve(null));
          socket.once('close', () => resolve(null));
        }),
    ),
  );
  const open = sockets.filter((socket) => socket !== null && !socket.destroyed);
  const statuses = await Promise.all(
    open.map(
      (socket) =>
        new Promise((resolve) => {
          let text = '';
          socket.on('data', (chunk) => {
            text += chunk;
            const status = /^HTTP\/1\.[01] (\d{3})/.exec(text);
            if (status) resolve(Number(status[1]));
          });
          socket.once('close', () => resolve(0));
          socket.write(`GET ${path} HTTP/1.1\r\nHost: instance\r\n\r\n`);
        }),
    ),
  );
  for (const socket of open) socket.destroy();
  return { connected: open.length, good: statuses.filter((status) => status === 200).length };
}
