import { expect, it } from 'vitest';
import { errorMessage } from '../../../runners/oci/instance.ts';
import { parseVersion } from '../../../runners/oci/runtime.ts';
import { containerSpec, type SpecInput } from '../../../runners/oci/spec.ts';
import { defaultPath } from '../../../runners/shared/payload-launch.ts';
import { launch, launchUser } from '../../fixtures/launch.ts';

const input: SpecInput = {
  hostname: 'runc-1',
  root: '/merged',
  launch,
  user: launchUser,
  openFiles: { soft: 1024, hard: 4096 },
  networkNamespace: '/run/netns/n',
  cgroup: { version: 1, path: '/tare-x/runc-1/workload' },
  resources: { memoryAndSwapBytes: 1024 },
  files: { '/etc/hosts': '/bundle/hosts' },
  seccomp: null,
};

it('carries the launch as it was declared, with what docker would add to its environment', () => {
  expect(containerSpec(input)).toMatchObject({
    root: { path: '/merged', readonly: false },
    process: {
      terminal: false,
      user: { uid: 4711, gid: 4712, additionalGids: [4712, 4713] },
      args: ['/bin/server', '--port=8080'],
      env: [`PATH=${defaultPath}`, 'HOSTNAME=box', 'HOME=/home/www', 'GREETING=two  words '],
      cwd: '/srv/my data',
      rlimits: [{ type: 'RLIMIT_NOFILE', soft: 1024, hard: 4096 }],
    },
    linux: { cgroupsPath: '/tare-x/runc-1/workload', resources: { memory: { limit: 1024, swap: 1024 } } },
  });
});

it('leaves declared values alone where it would add its own', () => {
  const environment = { HOME: '/elsewhere', PATH: '/bin', HOSTNAME: 'me' };
  expect(containerSpec({ ...input, launch: { ...launch, environment } })).toMatchObject({
    process: { env: ['PATH=/bin', 'HOSTNAME=me', 'HOME=/elsewhere'] },
  });
});

it('joins the network namespace unless it is in it, and has a cgroup namespace of its own on v2 alone', () => {
  const types = (version: 1 | 2): unknown => {
    const spec = containerSpec({ ...input, cgroup: { version, path: '/x' } });
    return (spec['linux'] as { namespaces: { type: string; path?: string }[] }).namespaces;
  };
  expect(types(1)).toEqual([
    { type: 'pid' },
    { type: 'ipc' },
    { type: 'uts' },
    { type: 'mount' },
    { type: 'network', path: '/run/netns/n' },
  ]);
  expect(types(2)).toContainEqual({ type: 'cgroup' });
  const inherited = containerSpec({ ...input, networkNamespace: null })['linux'];
  expect(JSON.stringify(inherited)).not.toContain('network');
});

it('says nothing of swap where the kernel does not account it', () => {
  const spec = containerSpec({ ...input, resources: { memoryAndSwapBytes: null } });
  expect(spec['linux']).toMatchObject({ resources: { devices: [{ allow: false, access: 'rwm' }] } });
  expect(JSON.stringify(spec)).not.toContain('swap');
});

it.each([
  ['runc version 1.1.5+ds1\ncommit: x\n', 'runc 1.1.5+ds1'],
  ['crun version 1.8.1\n', 'crun 1.8.1'],
])('reads the version of %o', (text, version) => {
  expect(parseVersion(text)).toBe(version);
});

it.each([
  ['{"level":"error","msg":"exec: no such file","time":"t"}', 'exec: no such file'],
  ['{"level":"fatal","msg":"bad"}', 'bad'],
  ['{"level":"warning","msg":"lchown"}', null],
  ['time="t" level=error', null],
  ['', null],
])('takes of the runtime’s log line %o: %o', (line, message) => {
  expect(errorMessage(line)).toBe(message);
});
