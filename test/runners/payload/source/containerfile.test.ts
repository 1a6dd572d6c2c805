import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { containerfileSource } from '../../../../runners/payload/source/containerfile.ts';
import { causeIn } from '../../../../runners/payload/source/explain-build.ts';
import type { ContainerfileSource } from '../../../../runners/payload/source/source.ts';
import { contextOf, temporaryFolder } from '../trees.ts';

async function socketAt(path: string): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(path, resolve);
  });
  onTestFinished(() => {
    server.close();
  });
}

test('a context counts without its sockets and without what .dockerignore leaves out', async () => {
  const context = await temporaryFolder();
  await mkdir(join(context, '.git'));
  await writeFile(join(context, 'Containerfile'), 'FROM scratch\nCOPY . /\n');
  await writeFile(join(context, '.dockerignore'), '.git\n');
  const source: ContainerfileSource = {
    from: 'containerfile',
    context,
    file: join(context, 'Containerfile'),
    arguments: {},
    target: null,
    builder: 'buildah',
    files: [],
    remove: [],
  };
  const identity = async (): Promise<string> =>
    JSON.stringify(await containerfileSource.identity(source, contextOf(context)));
  const first = await identity();
  await socketAt(join(context, 'plain.sock'));
  await socketAt(join(context, '.git/hidden.sock'));
  await writeFile(join(context, '.git/index'), 'changes all the time');
  expect(await identity()).toBe(first);
  await writeFile(join(context, 'file'), '');
  expect(await identity()).not.toBe(first);
});

test('of what a builder says the cause comes first, and nothing of other things', () => {
  const stderr = [
    'STEP 1/2: FROM scratch',
    `time="2026-11-27T11:52:14Z" level=warning msg="Error validating CNI config ${'x'.repeat(500)}"`,
    'Error: building at STEP "RUN <<EOF": exit status 1',
  ].join('\n');
  expect(causeIn(stderr)).toBe('building at STEP "RUN <<EOF": exit status 1\n  STEP 1/2: FROM scratch');
});
