/** Reads the lines of the kernel's trace_pipe. Everything but the events of interest is passed over. */
export type TraceEvent = {
  /** Thread that caused it, as the initial process namespace numbers it. */
  thread: number;
  /** Milliseconds on the monotonic clock; the kernel prints microseconds. */
  at: number;
} & (
  | { kind: 'exec'; path: string }
  /** A thread ends. */
  | { kind: 'end' }
  /** It begins to listen, or ends. */
  | { kind: 'listen' | 'unlisten'; port: number; address: string }
);

/**
 * `   <comm>-<tid>  [<cpu>] <flags>  <seconds>: <event>: <fields>`. The comm is at most 15 characters of anything, brackets
 * and dashes included, padded to 16; so the shortest match is the right one, and it cannot hold a whole prefix itself.
 */
const prefix = /^(.{1,64}?)-(\d+)\s+(?:\([^)]*\)\s+)?\[\d+\]\s+\S+\s+(\d+\.\d+): (\w+): (.*)$/s;
const execFields = /^filename=(.*) pid=(\d+) old_pid=\d+$/s;
const listenFields =
  /protocol=IPPROTO_TCP sport=(\d+) dport=\d+ saddr=(\S+) daddr=\S+ saddrv6=(\S+) .*oldstate=(\w+) newstate=(\w+)$/;

export function parseTraceLine(line: string): TraceEvent | null {
  const [, , thread, seconds, event, fields] = prefix.exec(line) ?? [];
  if (thread === undefined || seconds === undefined || fields === undefined) return null;
  const common = { thread: Number(thread), at: Number(seconds) * 1000 };
  if (event === 'sched_process_exec') {
    const [, path, pid] = execFields.exec(fields) ?? [];
    return path === undefined ? null : { ...common, thread: Number(pid), kind: 'exec', path };
  }
  // The thread that ends is the one that causes it; the name among the fields could hold anything.
  if (event === 'sched_process_exit') return { ...common, kind: 'end' };
  if (event === 'inet_sock_set_state') {
    const [, port, v4 = '', v6 = '', from, to] = listenFields.exec(fields) ?? [];
    if (port === undefined || (from === 'TCP_LISTEN') === (to === 'TCP_LISTEN')) return null;
    // A socket of IPv4 has its address in both fields, one of IPv6 has 0.0.0.0 in the first.
    const address = v6.startsWith('::ffff:') ? v4 : v6;
    return { ...common, kind: to === 'TCP_LISTEN' ? 'listen' : 'unlisten', port: Number(port), address };
  }
  return null;
}
