/** Payloads from folders, archives and Containerfiles; what registries say and do that do not serve. */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { run } from '../../../runners/machine/command.ts';
import { buildPayload } from '../../../runners/payload/build-payload.ts';
import { contextOf, isRoot, makeTree, pathsBelow, temporaryFolder } from '../../runners/payload/trees.ts';
import { startFaultRegistry, type Fault } from '../../support/images/fault-registry.ts';
import { buildFrom, imageSource } from '../../support/images/payload-sources.ts';
import { writeContext } from '../../support/images/registry.ts';

describe.runIf(isRoot)('a root file system of this machine', () => {
  test('a Containerfile that fails: its own last lines', async () => {
    const context = await temporaryFolder();
    await writeContext(context, { Containerfile: 'FROM scratch\nCOPY missing /\n' });
    const file = join(context, 'Containerfile');
    const rest = { arguments: {}, target: null, files: [], remove: [] };
    const building = buildFrom({ from: 'containerfile', context, file, builder: 'buildah', ...rest });
    await expect(building).rejects.toThrow(/buildah could not build .*Containerfile: .*missing/s);
  });

  test('a folder and an archive with everything that files can be, and thousands of them, give one payload', async () => {
    const root = await makeTree(await temporaryFolder());
    await mkdir(join(root, 'many'));
    for (let number = 0; number < 3000; number += 1)
      await writeFile(join(root, 'many', String(number)), String(number));
    const archive = join(await temporaryFolder(), 'root.tar.zst');
    await run('tar', ['--create', '--zstd', '--xattrs', `--file=${archive}`, `--directory=${root}`, '.']);
    const changes = { files: [], remove: ['/plain'] };
    const copied = await buildFrom({ from: 'directory', path: root, ...changes });
    const unpacked = await buildFrom({ from: 'tar', path: archive, ...changes });
    expect(unpacked.digest).toBe(copied.digest);
    expect(copied.files).toBeGreaterThan(3000);
    expect(pathsBelow(copied.root)).toEqual(expect.arrayContaining(['proc', 'many/2999', 'etc/soft']));
    expect(pathsBelow(copied.root)).not.toContain('plain');
    expect(pathsBelow(root)).toContain('plain');
  });

  test('a folder that holds the cache, and an archive that is none', async () => {
    const path = await temporaryFolder();
    const context = contextOf(join(path, 'cache'));
    const changes = { files: [], remove: [] };
    const copying = buildPayload({ from: 'directory', path, ...changes }, context);
    await expect(copying).rejects.toThrow(/The cache .* lies inside/);
    const archive = join(path, 'root.tar');
    await writeFile(archive, 'rubbish'.repeat(1000));
    const unpacking = buildFrom({ from: 'tar', path: archive, ...changes });
    await expect(unpacking).rejects.toThrow(/is not a complete tar archive/);
  });
});

describe.runIf(isRoot)('a registry that', () => {
  test.each<[Fault, RegExp]>([
    ['refuses', /refuses docker:.*skopeo login/s],
    ['fails', /could not serve .*Try again later/s],
    ['silent', /has sent nothing of docker:.* for 2 s\. .*"timeout"/s],
    ['silent-layer', /has sent nothing of docker:.* for 2 s\. .*"timeout"/s],
    ['cuts', /cut the connection while/],
    ['damages', /sent something else than/],
  ])('%s', async (fault, message) => {
    const faulty = await startFaultRegistry(fault);
    onTestFinished(() => faulty.close());
    const cache = await temporaryFolder();
    const source = imageSource(`docker://${faulty.host}/shop:1`, { timeoutMs: 2000 });
    await expect(buildPayload(source, contextOf(cache))).rejects.toThrow(message);
    expect(await readdir(join(cache, 'payloads'))).toEqual([]);
  });

  test('is slow, yet never silent for long, is waited for', async () => {
    const slow = await startFaultRegistry('trickles');
    onTestFinished(() => slow.close());
    const payload = await buildFrom(imageSource(`docker://${slow.host}/shop:1`, { timeoutMs: 2000 }));
    // What is made for every image, and nothing else.
    expect(pathsBelow(payload.root).sort()).toEqual(['dev', 'proc', 'run', 'sys', 'tmp']);
  });
});
