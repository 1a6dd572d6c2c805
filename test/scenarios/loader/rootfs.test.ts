import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseImage } from '../../../scenarios/loader/image-reference.ts';
import { folderWith, load, mistakesOf } from '../scenario-folder.ts';

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

describe('names of images', () => {
  it.each([
    ['tomcat', 'docker://tomcat', null],
    ['tomcat:10', 'docker://tomcat:10', null],
    ['localhost:5000/team/shop:1.2', 'docker://localhost:5000/team/shop:1.2', null],
    ['docker://registry.example.org/a-b/c_d', 'docker://registry.example.org/a-b/c_d', null],
    [`tomcat@${digest}`, 'docker://tomcat', digest],
    [`docker://127.0.0.1:5000/shop:1@${digest}`, 'docker://127.0.0.1:5000/shop:1', digest],
    ['docker-daemon:shop:1', 'docker-daemon:shop:1', null],
    [`docker-daemon:${digest}`, `docker-daemon:${digest}`, null],
    ['containers-storage:localhost/shop', 'containers-storage:localhost/shop', null],
    ['oci:layout:name', 'oci:/folder/layout:name', null],
    ['oci-archive:/a/b.tar', 'oci-archive:/a/b.tar', null],
    ['docker-archive:../b.tar:shop:1', 'docker-archive:/b.tar:shop:1', null],
  ])('%s is %s', (text, image, pinned) => {
    expect(parseImage(text, '/folder')).toMatchObject({ image, digest: pinned });
  });

  it.each([
    ['dokcer://shop', /unknown kind of image "dokcer:"; did you mean "docker"\? known here: docker, oci,/],
    ['Shop', /"Shop" names no image; expected for instance docker:\/\//],
    ['shop@sha256:12', /names no image/],
    ['docker-daemon:', /names no image/],
    ['oci:', /no path stands after "oci:"; expected for instance oci:\.\/image/],
  ])('%s is none', (text, message) => {
    expect(parseImage(text, '/folder')).toEqual({ message: expect.stringMatching(message) as string });
  });
});

const scenario = 'name: s\nworkload: ./w.yaml\nplatforms: [process]\n';
const workload = (rootfs: string, more = ''): string =>
  `name: w\nrootfs: ${rootfs}\nready: { by: tcp }\n${more}`;

describe('what an image says need not be said', () => {
  it('and is named until the image has been read', () => {
    const { workload: found } = load(scenario, { 'w.yaml': workload('{ from: oci, image: shop }') });
    expect(found.fromImage).toEqual(['command', 'environment', 'user', 'workdir', 'port', 'stop-signal']);
    expect(found).toMatchObject({ launch: { command: [] }, user: 'root', workdir: '/', port: 0 });
    expect(found.rootfs).toEqual({
      from: 'oci',
      image: 'docker://shop',
      digest: null,
      tlsVerify: true,
      timeoutMs: 60_000,
      files: [],
      remove: [],
    });
  });

  it('but may be', () => {
    const said = 'command: [/serve]\nport: 81\nuser: www\nworkdir: /srv\nstop-signal: SIGINT\n';
    const { workload: found } = load(scenario, { 'w.yaml': workload('{ from: oci, image: shop }', said) });
    expect(found.fromImage).toEqual(['environment']);
    expect(found).toMatchObject({ launch: { command: ['/serve'] }, port: 81, stopSignal: 'SIGINT' });
  });

  it('other sources need a command and a port, which is said beside other mistakes', () => {
    expect(mistakesOf(scenario, { 'w.yaml': workload('{ from: directory, path: . }', 'usr: x\n') })).toEqual([
      'w.yaml:1:1: command: is missing; expected a list',
      'w.yaml:1:1: port: is missing; expected a number',
      expect.stringMatching(/^w\.yaml:4:1: unknown key "usr"/),
    ]);
  });
});

describe('paths of this machine', () => {
  const rest = 'command: [/serve]\nport: 81\n';

  it.each(['directory', 'tar'])('a %s is found beside the file that names it', (from) => {
    const cwd = folderWith({ 'w.yaml': '', 'root/file': '' });
    const text = workload(`{ from: ${from}, path: ${cwd}/root }`, rest);
    expect(load(scenario, { 'w.yaml': text }).workload.rootfs).toMatchObject({
      from,
      path: join(cwd, 'root'),
    });
  });

  it.each([
    ['{ from: directory, path: nowhere }', 'w.yaml:2:34: rootfs.path: no such file or folder: nowhere'],
    ['{ from: tar, path: nowhere.tar }', 'w.yaml:2:28: rootfs.path: no such file or folder: nowhere.tar'],
    [
      '{ from: oci, image: "oci-archive:x.tar" }',
      /w\.yaml:2:29: rootfs\.image: no such file or folder: .*x\.tar/,
    ],
    [
      '{ from: containerfile }',
      /w\.yaml:2:9: rootfs: no Containerfile and no Dockerfile in .*; name one with "file"/,
    ],
    ['{ from: oci, image: "x y" }', 'w.yaml:2:29: rootfs.image: "x y" names no image'],
  ])('%s', (rootfs, message) => {
    const [first] = mistakesOf(scenario, { 'w.yaml': workload(rootfs, rest) });
    if (typeof message === 'string') expect(first).toContain(message);
    else expect(first).toMatch(message);
  });

  it('the Containerfile is that of the context, else its Dockerfile', () => {
    const text = workload('{ from: containerfile, context: app }');
    const files = { 'w.yaml': text, 'app/Dockerfile': 'FROM scratch' };
    expect(load(scenario, files).workload.rootfs).toMatchObject({
      file: expect.stringMatching(/app\/Dockerfile$/) as string,
      builder: 'auto',
      target: null,
    });
  });
});
