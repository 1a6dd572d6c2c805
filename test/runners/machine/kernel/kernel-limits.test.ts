import { describe, expect, it } from 'vitest';
import { kernelLimitOf } from '../../../../runners/machine/kernel/kernel-limits.ts';

describe('a limit of the kernel', () => {
  it.each([
    ['spawn runc EMFILE', /open files of one process \(Tare has \d+ open, and RLIMIT_NOFILE is /],
    ['spawn runc EAGAIN', /processes and threads \(\d+ now; kernel\.pid_max \d+, kernel\.threads-max \d+/],
    [
      'runtime: failed to create new OS thread (have 5 already; errno=11)\nruntime.newosproc',
      /processes and/,
    ],
    ['RTNETLINK answers: Exchange full', /ports of a bridge: the kernel allows 1,023/],
    ['RTNETLINK answers: No buffer space available', /neighbour entries \(\/proc\/sys.*gc_thresh3 is \d+\)/],
    ['open: too many open files in system', /open files of the system \(\/proc\/sys\/fs\/file-max is \d+\)/],
    ['inotify_init: Too many open files', /open files of one process|inotify instances/],
  ])('is named: %s', async (message, name) => {
    const limit = await kernelLimitOf(new Error(message));
    expect(limit?.name).toBe('KernelLimitError');
    expect(limit?.message).toMatch(name);
    expect(limit?.message).toContain(message);
  });

  it('is not taken for one where the instance itself failed', async () => {
    expect(await kernelLimitOf(new Error('runc run failed: exec /bin/x: no such file'))).toBeNull();
    expect(await kernelLimitOf('the workload ended with exit code 1')).toBeNull();
  });
});
