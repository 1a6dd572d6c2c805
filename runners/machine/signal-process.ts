/** Signals a process by the name or the number of a signal, or with a negative number its group; one that has ended on its own a moment ago is not an error. */
export function signalProcess(pid: number, name: string): void {
  try {
    process.kill(pid, /^\d+$/.test(name) ? Number(name) : name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
