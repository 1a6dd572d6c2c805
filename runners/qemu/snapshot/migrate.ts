/**
 * A machine's state in and out of QEMU, through its migration protocol over a unix socket. Memory that is a shared file
 * stays where it is (`x-ignore-shared`, an experimental capability of QEMU up to at least 10): what goes over the
 * socket is the state of devices and processors, a few hundred kilobytes.
 */
import { chown } from 'node:fs/promises';
import { connect } from 'node:net';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { vmUser } from '../vm/confine.ts';
import type { Qmp } from '../vm/qmp.ts';
import { listenOn } from '../vm/sockets.ts';

const answerTimeoutMs = 10_000;
const migrationTimeoutMs = 60_000;
const pollMs = 2;

/** Stops the machine, for good, and returns its state. Throws when QEMU cannot give it. */
export async function saveState(qmp: Qmp, socketPath: string): Promise<Buffer> {
  const listener = await listenOn(socketPath);
  try {
    await chown(socketPath, vmUser, vmUser);
    const state = listener.connection.then((socket) => collect(socket));
    await qmp.execute('stop', { timeoutMs: answerTimeoutMs });
    await ignoreShared(qmp);
    await qmp.execute('migrate', { timeoutMs: answerTimeoutMs, arguments: { uri: uriOf(socketPath) } });
    await untilMigrated(qmp);
    return await state;
  } finally {
    await listener.close();
  }
}

/** Gives a state to a machine that was started with `-incoming defer`; it does not run yet then. */
export async function loadState(qmp: Qmp, socketPath: string, state: Buffer): Promise<void> {
  await ignoreShared(qmp);
  const uri = uriOf(socketPath);
  await qmp.execute('migrate-incoming', { timeoutMs: answerTimeoutMs, arguments: { uri } });
  const socket = connect(socketPath);
  try {
    // QEMU's own answer tells more than an error here, which is that QEMU has closed the connection.
    socket.on('error', () => undefined);
    socket.end(state);
    await untilMigrated(qmp);
  } finally {
    socket.destroy();
  }
}

/** QEMU finds it in its working folder, see confine.ts. */
function uriOf(socketPath: string): string {
  return `unix:${basename(socketPath)}`;
}

async function ignoreShared(qmp: Qmp): Promise<void> {
  const capabilities = [{ capability: 'x-ignore-shared', state: true }];
  await qmp.execute('migrate-set-capabilities', { timeoutMs: answerTimeoutMs, arguments: { capabilities } });
}

async function untilMigrated(qmp: Qmp): Promise<void> {
  const deadline = performance.now() + migrationTimeoutMs;
  while (performance.now() < deadline) {
    const answer = (await qmp.execute('query-migrate', { timeoutMs: answerTimeoutMs })) as Progress;
    if (answer.status === 'completed') return;
    if (answer.status === 'failed') throw new Error(`QEMU: ${answer['error-desc'] ?? 'migration failed'}`);
    await sleep(pollMs);
  }
  throw new Error(`QEMU did not finish the migration within ${migrationTimeoutMs / 1000} s`);
}

/** Of QMP's MigrationInfo, what is needed here. */
interface Progress {
  status?: string;
  'error-desc'?: string;
}

async function collect(stream: NodeJS.ReadableStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
