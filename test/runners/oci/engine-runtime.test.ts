import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../../../runners/machine/command.ts';
import { engineRuntime } from '../../../runners/oci/engine-runtime.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tare-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const isRoot = process.getuid?.() === 0;

describe('the runtime of an engine', () => {
  it('is the program itself where nothing has to be hidden from it', async () => {
    expect(await engineRuntime({ program: '/usr/bin/runc', isSandbox: false }, {}, folder)).toBe(
      '/usr/bin/runc',
    );
    expect(await readdir(folder)).toEqual([]);
  });

  it.skipIf(!isRoot)(
    'is a script for gVisor’s: with its options and without the settings of the network',
    async () => {
      const there = join(folder, "it's here");
      await mkdir(there);
      const program = join(there, 'runsc');
      await writeFile(program, '#!/bin/sh\nprintf "%s\\n" "$@"; ls -A /proc/sys/net\n');
      await chmod(program, 0o755);
      const options = { platform: 'ptrace', network: 'host' } as const;
      const script = await engineRuntime({ program, isSandbox: true }, options, folder);
      const { stdout } = await run(script, ['create', '--bundle', 'a  b']);
      expect(stdout.split('\n')).toEqual([
        ...['--net-raw', '--overlay2=none', '--platform=ptrace', '--network=host'],
        ...['create', '--bundle', 'a  b'],
      ]);
      // What it did not see is there for everybody else.
      expect(await readdir('/proc/sys/net')).not.toEqual([]);
      expect(await readFile('/proc/self/mounts', 'utf8')).not.toMatch(/ \/proc\/sys\/net /);
    },
  );
});
