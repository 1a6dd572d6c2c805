/**
 * The lab as a running machine: QEMU with a console and a line to the program inside. Whatever it writes outside the
 * run's folder is leased, and QEMU dies with the harness, so nothing outlives either.
 */
import { randomBytes } from 'node:crypto';
import { appendFile, copyFile, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { start } from '../machine/command.ts';
import { releaseLease } from '../machine/lease/release.ts';
import { openLease } from '../machine/lease/lease.ts';
import type { Log } from '../machine/log.ts';
import { captureLog, type LogCapture } from '../shared/log-capture.ts';
import { createOverlayDisk } from '../payload/disk/disk.ts';
import { openQmp } from '../qemu/vm/qmp.ts';
import { listenOn, type Listener } from '../qemu/vm/sockets.ts';
import { qemuProgram } from '../qemu/vm/vm.ts';
import { labArguments, type LabDisk, type LabSpec } from './arguments.ts';
import type { LabBase } from './base.ts';
import { sessionArchive } from './initrd.ts';

export interface LabStart extends Pick<LabSpec, 'unit' | 'accel' | 'clock' | 'cpus' | 'memoryBytes'> {
  base: LabBase;
  /** Files of the disks beside the lab's own; a person's shell is given nothing. */
  toolsDisk: string;
  givenDisk: string | null;
  /** Handed to the program inside as it is; plain JSON. */
  session: unknown;
  /** File that gets everything the lab prints on its console; null where a person reads it. */
  consoleLog: string | null;
}

export interface LabFolders {
  cache: string;
  state: string;
  runtime: string;
}

export interface LabMachine {
  /** QEMU's own process. */
  readonly pid: number;
  /** Resolves, and never rejects, when QEMU is gone; with what it said last. */
  readonly ended: Promise<string>;
  readonly line: Promise<Socket>;
  readonly console: Promise<Socket>;
  /** Last lines of the console, and what QEMU complained of. */
  lastLines(): string[];
  /**
   * Makes the kernel of a lab that hangs say where: it panics at an interrupt that it cannot ignore, and prints what each of its
   * CPUs did. Resolves when it has, or when it has become clear that it will not.
   */
  askWhere(): Promise<void>;
  /** Ends it at once (nothing in it is worth keeping) and removes what it wrote outside. */
  dispose(): Promise<void>;
}

const shownLines = 12;
const keptLines = 100;
const keptComplaintCharacters = 2000;
/** For a panic's account of itself, over a serial line and on a busy machine. */
const lastWordsMs = 5000;

/** Throws when QEMU cannot be started at all; nothing is left then. */
export async function startLab(lab: LabStart, folders: LabFolders, log: Log): Promise<LabMachine> {
  const id = `lab${randomBytes(3).toString('hex')}`;
  const lease = await openLease(folders.state, id);
  const release = async (): Promise<void> => {
    for (const line of await releaseLease(lease.file, log)) log.warn(`not removed: ${line}`);
  };
  const opened: Listener[] = [];
  try {
    const scratch = join(folders.cache, 'scratch', id);
    const runtime = join(folders.runtime, id);
    for (const path of [scratch, runtime]) {
      await lease.add({ kind: 'folder', path });
      await mkdir(path, { recursive: true, mode: 0o700 });
    }
    const disks = await disksOf(lab, scratch);
    const initrdFile = join(scratch, 'initrd.cpio');
    await copyFile(lab.base.initrdFile, initrdFile);
    await appendFile(initrdFile, sessionArchive(lab.session));
    const console = await listenOn(join(runtime, 'console'));
    opened.push(console);
    const line = await listenOn(join(runtime, 'line'));
    opened.push(line);
    const control = await listenOn(join(runtime, 'qmp'));
    opened.push(control);
    const qmp = control.connection.then((socket) => openQmp(socket, () => undefined));
    qmp.catch(() => undefined);
    const { kernelFile } = lab.base;
    const sockets = { console: console.path, line: line.path, control: control.path };
    const args = labArguments({ ...lab, kernelFile, initrdFile, disks, sockets });
    const running = start('setpriv', ['--pdeathsig', 'KILL', qemuProgram, ...args]);
    let complaint = '';
    running.stdout.on('data', () => undefined);
    running.stderr.on('data', (chunk: Buffer) => {
      complaint = (complaint + chunk.toString()).slice(-keptComplaintCharacters);
    });
    let capture: LogCapture | null = null;
    const { consoleLog } = lab;
    if (consoleLog !== null) {
      void console.connection.then((socket) => {
        capture = captureLog([socket], consoleLog, () => undefined);
      });
    }
    return {
      pid: running.pid,
      ended: running.exited.then(() => complaint.trim()),
      line: line.connection,
      console: console.connection,
      lastLines: () =>
        [...lastWords(capture?.tail(keptLines) ?? []), ...complaint.split('\n')].filter(Boolean),
      askWhere: async () => {
        const asked = qmp.then((open) => open.execute('inject-nmi', { timeoutMs: lastWordsMs }));
        const ended = asked.then(() => running.exited).catch(() => undefined);
        await Promise.race([ended, sleep(lastWordsMs, undefined, { ref: false })]);
      },
      dispose: async () => {
        running.kill('SIGKILL');
        await running.exited;
        for (const listener of opened) await listener.close();
        await capture?.closed;
        await release();
      },
    };
  } catch (error) {
    for (const listener of opened) await listener.close();
    await release();
    throw error;
  }
}

async function disksOf(lab: LabStart, scratch: string): Promise<LabDisk[]> {
  const disks = [await ownDisk(lab, scratch), await rawDisk('tools', lab.toolsDisk)];
  if (lab.givenDisk !== null) disks.push(await rawDisk('given', lab.givenDisk));
  return disks;
}

/** In virtual time QEMU keeps what is written in private memory; otherwise it goes to a layer over the lab's disk. */
async function ownDisk({ base, clock }: LabStart, scratch: string): Promise<LabDisk> {
  const disk = await rawDisk('system', base.diskFile);
  if (clock === 'virtual') return disk;
  const file = join(scratch, 'disk.qcow2');
  await createOverlayDisk(disk, file);
  return { ...disk, file, format: 'qcow2' };
}

async function rawDisk(role: LabDisk['role'], file: string): Promise<LabDisk> {
  return { role, file, format: 'raw', bytes: (await stat(file)).size };
}

/** The last lines; of a panic its first ones, since what follows them is addresses. */
function lastWords(lines: readonly string[]): readonly string[] {
  const panic = lines.findIndex((line) => line.includes('Kernel panic'));
  return panic === -1 ? lines.slice(-shownLines) : lines.slice(Math.max(0, panic - 3), panic + 3);
}
