import { describe, expect, it } from 'vitest';
import { knownWorkloads, mistakesOf } from '../scenario-folder.ts';

const workload = `name: w
rootfs: { from: debian, packages: [busybox-static] }
command: [/bin/busybox]
port: 80
ready: { by: tcp }
`;
const withWorkload = 'name: s\nworkload: ./w.yaml\nplatforms: [process]\n';

describe('mistakes in workloads', () => {
  it.each([
    [
      'an unknown name',
      'name: s\nworkload: tomcta\nplatforms: [process]\n',
      {},
      `s.yaml:2:11: workload: unknown workload "tomcta"; did you mean "tomcat"? known here: ${knownWorkloads}, or a path such as ./my-workload.yaml`,
    ],
    [
      'a missing file',
      withWorkload,
      {},
      's.yaml:2:11: workload: no such file: w.yaml; expected a workload file, relative to this one',
    ],
    [
      'a mistake in its file',
      withWorkload,
      { 'w.yaml': `${workload}usr: x\n` },
      'w.yaml:6:1: unknown key "usr"; did you mean "user"? known here: name, description, rootfs, command, environment, user, workdir, nofile, seccomp, shm-size, hostname, port, stop-signal, ready, marks, load-path, facts-path, keep-path, push-path',
    ],
    [
      'a broken file',
      withWorkload,
      { 'w.yaml': 'a: [' },
      'w.yaml:1:5: broken YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
    [
      'something sent without an answer to expect',
      withWorkload,
      { 'w.yaml': workload.replace('{ by: tcp }', '{ by: tcp, send: PING }') },
      'w.yaml:5:25: ready.send: nothing is made of the answer; add what to "expect"',
    ],
    [
      'what is no byte',
      withWorkload,
      { 'w.yaml': workload.replace('{ by: tcp }', '{ by: tcp, send: "€", expect: x }') },
      'w.yaml:5:25: ready.send: has a character that does not fit into a byte; write bytes that are not text as "\\xNN" in double quotes',
    ],
    [
      'a relative command',
      withWorkload,
      { 'w.yaml': workload.replace('[/bin/busybox]', '[./busybox, sh]') },
      'w.yaml:3:11: command[0]: expected the absolute path of a program in the payload, such as /usr/bin/java, or a name that is looked up in its PATH, such as java',
    ],
    [
      'an unknown placeholder',
      withWorkload,
      { 'w.yaml': workload.replace('[/bin/busybox]', "[/bin/busybox, '-m${memroy:50%}']") },
      'w.yaml:3:25: command[1]: unknown placeholder "${memroy:50%}"; did you mean "${memory:50%}"? known here: ${memory:50%}, ${cpus}, ${port}',
    ],
    [
      'more than all of the memory',
      withWorkload,
      { 'w.yaml': `${workload}environment: { M: '\${memory:101%}' }\n` },
      'w.yaml:6:19: environment.M: unknown placeholder "${memory:101%}"; did you mean "${memory:50%}"? known here: ${memory:50%}, ${cpus}, ${port}',
    ],
    [
      'an open placeholder',
      withWorkload,
      { 'w.yaml': `${workload}environment: { M: '\${port' }\n` },
      'w.yaml:6:19: environment.M: placeholder "${port" has no closing brace',
    ],
    [
      'an extra file that is not there',
      withWorkload,
      {
        'w.yaml': workload.replace('[busybox-static]', '[busybox-static], files: [{ from: www, to: /srv }]'),
      },
      'w.yaml:2:69: rootfs.files[0].from: no such file or folder: www; expected a path relative to this file',
    ],
    [
      'a mode without quotes',
      withWorkload,
      {
        'w.yaml': workload.replace(
          '[busybox-static]',
          '[busybox-static], files: [{ from: w.yaml, to: /srv, mode: 0644 }]',
        ),
      },
      'w.yaml:2:93: rootfs.files[0].mode: expected an octal mode in quotes, such as "0644" (without quotes YAML reads another number)',
    ],
    [
      'an escape from the payload',
      withWorkload,
      { 'w.yaml': workload.replace('[busybox-static]', '[busybox-static], remove: [/srv/../etc]') },
      'w.yaml:2:62: rootfs.remove[0]: expected a path without "//", "." and ".." parts and without a slash at its end',
    ],
    [
      'removal of everything',
      withWorkload,
      { 'w.yaml': workload.replace('[busybox-static]', '[busybox-static], remove: [/]') },
      'w.yaml:2:62: rootfs.remove[0]: the whole payload; expected a path inside it',
    ],
    [
      'an option in place of a package',
      withWorkload,
      { 'w.yaml': workload.replace('[busybox-static]', '[--setup-hook=x]') },
      'w.yaml:2:36: rootfs.packages[0]: expected the name of a Debian package',
    ],
    [
      'two marks of one name',
      withWorkload,
      { 'w.yaml': `${workload}marks: [{ name: a, pattern: x }, { name: a, pattern: y }]\n` },
      'w.yaml:6:42: marks[1].name: "a" is used twice; give each mark its own name',
    ],
    [
      'a zero byte in an argument',
      withWorkload,
      { 'w.yaml': workload.replace('[/bin/busybox]', '[/bin/busybox, "a\\0b"]') },
      'w.yaml:3:25: command[1]: contains a zero byte, which no argument can',
    ],
    [
      'a port in text',
      withWorkload,
      { 'w.yaml': workload.replace('port: 80', 'port: http') },
      'w.yaml:4:7: port: expected a number, found "http"',
    ],
    [
      'a path that is none',
      withWorkload,
      { 'w.yaml': `${workload}load-path: health\n` },
      'w.yaml:6:12: load-path: expected the path of a URL, such as /health: it begins with a slash and has no spaces',
    ],
  ])('%s', (_, text, others: Record<string, string>, line) => {
    expect(mistakesOf(text, others)).toEqual([line]);
  });

  it('mistakes of the scenario and of its workload file come together', () => {
    expect(mistakesOf(`${withWorkload}limts: {}\n`, { 'w.yaml': workload.replace('name: w\n', '') })).toEqual(
      [
        expect.stringContaining('s.yaml:4:1: unknown key "limts"; did you mean "limits"?'),
        'w.yaml:1:1: name: is missing; expected text',
      ],
    );
  });

  it('a mistake in a written-out workload is said once, at its place', () => {
    const text =
      'name: s\nplatforms: [process]\nworkload:\n  name: w\n  rootfs: { from: debian, packages: [a1] }\n  command: [bin/sh]\n  port: 80\n  ready: { by: tcp }\n';
    expect(mistakesOf(text)).toEqual([
      's.yaml:6:13: workload.command[0]: expected the absolute path of a program in the payload, such as /usr/bin/java, or a name that is looked up in its PATH, such as java',
    ]);
  });
});
