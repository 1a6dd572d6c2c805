import fc from 'fast-check';
import { expect, test } from 'vitest';
import { box } from '../../../fixtures/launch.ts';
import { run } from '../../../../runners/machine/command.ts';
import { launchArchive, quote, type GuestLaunch } from '../../../../runners/qemu/guest/guest-launch.ts';

const launch: GuestLaunch = {
  drivers: 'pci',
  hardware: 'virtio',
  address: '10.87.0.2',
  prefixLength: 16,
  outputEnd: 'end',
  uid: 0,
  gid: 0,
  groups: [0],
  box,
  workdir: '/srv',
  command: ['/bin/program', 'one', "it's"],
  environment: { NAME: 'a b' },
  stopSignal: 'SIGQUIT',
};

const text = fc.string({ unit: 'binary', maxLength: 40 }).filter((value) => isText(value));

/** What an argument can hold: no NUL, and no half of a surrogate pair, which has no UTF-8. */
function isText(value: string): boolean {
  return !value.includes('\0') && Buffer.from(value).toString() === value;
}

test('a quoted text means itself to the shell of the guest', async () => {
  // Many at a time, since every start of a program costs milliseconds.
  const words = fc.array(
    fc.oneof(text, fc.constantFrom("'", "''", '\\', '$x', '`id`', '\n', '\r', ' ', '')),
    {
      minLength: 50,
      maxLength: 200,
    },
  );
  await fc.assert(
    fc.asyncProperty(words, async (sample) => {
      const script = `printf '%s\\0' ${sample.map(quote).join(' ')}`;
      const { stdout } = await run('busybox', ['sh', '-s'], { input: script });
      expect(stdout).toBe(`${sample.join('\0')}\0`);
    }),
    { numRuns: 20 },
  );
});

test('a NUL byte is refused, for no program can be given one', () => {
  expect(() => quote('a\0b')).toThrow(/NUL/);
});

test.each([
  [0, '0.0.0.0'],
  [8, '255.0.0.0'],
  [16, '255.255.0.0'],
  [20, '255.255.240.0'],
  [32, '255.255.255.255'],
])('a prefix of %i bits is the netmask %s', (prefixLength, netmask) => {
  expect(launchArchive({ ...launch, prefixLength }).toString('latin1')).toContain(`netmask=${netmask}\n`);
});

test('the settings name the signal without SIG, as kill wants it', () => {
  expect(launchArchive(launch).toString('latin1')).toContain("stop_signal='QUIT'\n");
});
