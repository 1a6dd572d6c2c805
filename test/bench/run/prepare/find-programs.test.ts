import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { withPrograms } from '../../../../bench/run/prepare/find-programs.ts';
import { IncompleteImageError } from '../../../../runners/payload/error.ts';
import { loadScenario } from '../../../../scenarios/loader/load.ts';
import type { ResolvedScenario } from '../../../../scenarios/resolved.ts';

let root = '';

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'tare-test-'));
  for (const folder of ['bin', 'usr/bin', 'opt']) await mkdir(join(root, folder), { recursive: true });
  for (const program of ['bin/serve', 'opt/other', 'usr/bin/text']) await writeFile(join(root, program), '');
  for (const program of ['bin/serve', 'opt/other']) await chmod(join(root, program), 0o755);
  // As in an Alpine image, where every program is a link; its target is inside of the payload.
  await symlink('/bin/serve', join(root, 'usr/bin/httpd'));
});

afterAll(() => rm(root, { recursive: true }));

async function scenario(command: string, environment = '{}'): Promise<ResolvedScenario> {
  const workload = `{ name: w, rootfs: { from: directory, path: . }, port: 80, ready: { by: tcp }, command: ${command}, environment: ${environment} }`;
  const file = join(root, 's.yaml');
  await writeFile(file, `name: s\nplatforms: [process, runc]\nworkload: ${workload}\n`);
  return loadScenario(file, { cwd: root });
}

it.each([
  ['[serve, -f]', '{}', ['/bin/serve', '-f']],
  ['[httpd]', '{}', ['/usr/bin/httpd']],
  ['[other]', '{ PATH: "/none:/opt" }', ['/opt/other']],
])('%s with %s is found on the PATH of the payload', async (command, environment, found) => {
  const filled = await withPrograms(await scenario(command, environment), { root });
  for (const { launch } of filled.platforms) expect(launch.command).toEqual(found);
});

it('a path stays as it is', async () => {
  const given = await scenario('[/bin/nothing]');
  expect(await withPrograms(given, { root })).toBe(given);
});

it.each([
  ['[text]', 'no execute permission'],
  ['[sh]', "this machine's own is not meant"],
])('%s is refused: %s', async (command) => {
  const finding = withPrograms(await scenario(command), { root });
  await expect(finding).rejects.toBeInstanceOf(IncompleteImageError);
  await expect(finding).rejects.toThrow(
    /^The payload has no program (?:text|sh) \(looked in \/usr\/local\/sbin, .*\)\. Begin "command" with its absolute path/,
  );
});
