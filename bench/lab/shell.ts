/** A lab for a person: its console is the terminal, and it ends with its shell. */
import { labBase } from '../../runners/lab/base.ts';
import { startLab } from '../../runners/lab/machine.ts';
import type { CommandContext } from '../environment/context.ts';
import { probeContext } from '../run/run.ts';
import { checkFit, chooseAccel, type LabChoice } from './fit.ts';
import { toolsDisk } from './tools-disk.ts';

export async function labShell(choice: LabChoice, context: CommandContext): Promise<void> {
  const { stdin, stdout, stderr, signal, log, folders } = context;
  const { accel } = await chooseAccel(choice, context);
  await checkFit(choice, null, context);
  const tools = await toolsDisk(probeContext(context));
  const base = await labBase(choice.suite, probeContext(context));
  log.progress('');
  stderr.write('starting the lab; Tare is in /opt/tare, and the lab ends with its shell\n');
  const { clock, cpus, memoryBytes } = choice;
  const machine = await startLab(
    {
      unit: 'shell',
      accel,
      clock,
      cpus,
      memoryBytes,
      toolsDisk: tools,
      givenDisk: null,
      base,
      session: {},
      consoleLog: null,
    },
    folders,
    log,
  );
  const aborted = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
  try {
    void machine.console.then((socket) => {
      socket.pipe(stdout, { end: false });
      stdin.on('data', (chunk: Buffer) => socket.write(chunk));
      setRawMode(stdin, true);
    });
    await Promise.race([machine.ended, aborted]);
  } finally {
    setRawMode(stdin, false);
    stdin.pause();
    await machine.dispose();
  }
  signal.throwIfAborted();
}

/** Every key goes to the shell inside, Ctrl-C too; there is nothing to set where standard input is no terminal. */
function setRawMode(
  stdin: NodeJS.ReadableStream & { setRawMode?: (on: boolean) => unknown },
  on: boolean,
): void {
  stdin.setRawMode?.(on);
}
