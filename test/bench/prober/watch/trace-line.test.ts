import { describe, expect, it } from 'vitest';
import { parseTraceLine } from '../../../../bench/prober/watch/trace-line.ts';

// Lines as Linux 6.18 prints them.
const listen =
  'family=AF_INET6 protocol=IPPROTO_TCP sport=18999 dport=0 saddr=0.0.0.0 daddr=0.0.0.0 saddrv6=:: daddrv6=:: oldstate=TCP_CLOSE newstate=TCP_LISTEN';

describe('parseTraceLine', () => {
  it('reads an execution', () => {
    expect(
      parseTraceLine(
        '           <...>-5658    [001] .....   864.418506: sched_process_exec: filename=/bin/busybox pid=5658 old_pid=5658',
      ),
    ).toEqual({ kind: 'exec', thread: 5658, at: 864.418506 * 1000, path: '/bin/busybox' });
  });

  it('reads a socket that begins to listen', () => {
    expect(
      parseTraceLine(`         busybox-22446   [000] .....  2395.550116: inet_sock_set_state: ${listen}`),
    ).toEqual({ kind: 'listen', thread: 22446, at: 2395.550116 * 1000, port: 18999, address: '::' });
  });

  it.each([
    ['saddr=127.0.0.1 daddr=0.0.0.0 saddrv6=::ffff:127.0.0.1 daddrv6=::ffff:0.0.0.0', '127.0.0.1'],
    ['saddr=0.0.0.0 daddr=0.0.0.0 saddrv6=::ffff:0.0.0.0 daddrv6=::ffff:0.0.0.0', '0.0.0.0'],
    ['saddr=0.0.0.0 daddr=0.0.0.0 saddrv6=::1 daddrv6=::', '::1'],
  ])('reads the address of %s', (addresses, address) => {
    const line = listen.replace(/saddr=.* daddrv6=::/, addresses);
    expect(parseTraceLine(` x-7 [000] ..... 1.5: inet_sock_set_state: ${line}`)).toMatchObject({ address });
  });

  it('reads a socket that no longer listens', () => {
    const line = listen.replace(/oldstate.*/, 'oldstate=TCP_LISTEN newstate=TCP_CLOSE');
    expect(parseTraceLine(` x-7 [000] ..... 1.5: inet_sock_set_state: ${line}`)).toMatchObject({
      kind: 'unlisten',
      port: 18999,
    });
  });

  it.each(['a-b [1] x: y', 'http-nio-8080-A', '-1 [000] ..... 1', 'x'])(
    'is not misled by a thread named "%s"',
    (comm) => {
      const line = `${comm.padStart(16)}-22447   [001] d..2.  2396.646163: inet_sock_set_state: ${listen}`;
      expect(parseTraceLine(line)).toMatchObject({ kind: 'listen', thread: 22447, port: 18999 });
    },
  );

  it('reads paths with spaces and with what looks like a field', () => {
    const path = '/opt/my server pid=1 old_pid=2/run';
    const line = ` x-7 [000] ..... 1.000001: sched_process_exec: filename=${path} pid=7 old_pid=6`;
    expect(parseTraceLine(line)).toMatchObject({ kind: 'exec', thread: 7, path });
  });

  it('accepts the thread group that some settings print', () => {
    const line = ` x-7 (    7) [000] ..... 1.5: sched_process_exec: filename=/a pid=7 old_pid=7`;
    expect(parseTraceLine(line)).toMatchObject({ at: 1500, path: '/a' });
  });

  it.each([
    '',
    'CPU:0 [LOST 12 EVENTS]',
    '            bash-22437   [001] ...1.  2396.853479: tracing_mark_write: hello',
    ` x-7 [000] ..... 1.5: inet_sock_set_state: ${listen.replace('TCP_LISTEN', 'TCP_CLOSE')}`,
    ` x-7 [000] ..... 1.5: inet_sock_set_state: ${listen.replace('IPPROTO_TCP', 'IPPROTO_SCTP')}`,
    ' x-7 [000] ..... 1.5: sched_process_exec: filename=/a',
    'sched_process_exec: filename=/a pid=7 old_pid=7',
  ])('passes over "%s"', (line) => {
    expect(parseTraceLine(line)).toBeNull();
  });
});
