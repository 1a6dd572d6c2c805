import { expect, test } from 'vitest';
import { runArguments, type RunInput } from '../../../runners/container-engine/run-arguments.ts';
import { launch, launchUser } from '../../fixtures/launch.ts';

const network = { name: 'tare-ab-docker', address: '198.18.0.3', mac: '02:42:c6:12:00:03' };
const input: RunInput = {
  id: 'docker-1',
  image: 'tare-ab:docker',
  launch,
  user: launchUser,
  limits: { cpus: 0.5, memoryBytes: 96 * 2 ** 20 },
  cpuset: [1, 3],
  openFiles: { soft: 1024, hard: 4096 },
  limitsSwap: true,
  seccomp: '/usr/share/containers/seccomp.json',
  cgroupParent: '/tare-ab/docker-1/workload',
  network,
  more: ['--unsetenv', 'TERM'],
};

test('everything that is declared is an option, and the image comes last', () => {
  const line = runArguments(input).join(' ');
  expect(line).toMatch(/^run --name docker-1 --hostname box --pull never /);
  for (const option of [
    '--user 4711:4712 --group-add 4713',
    '--shm-size 67108864b',
    '--security-opt seccomp=/usr/share/containers/seccomp.json',
    '--cgroup-parent /tare-ab/docker-1/workload',
    '--cpus 0.5 --memory 100663296 --memory-swap 100663296',
    '--cpuset-cpus 1,3',
    '--ulimit nofile=1024:4096',
    '--network tare-ab-docker --ip 198.18.0.3 --mac-address 02:42:c6:12:00:03',
  ]) {
    expect(line).toContain(option);
  }
  expect(line).toMatch(/ --unsetenv TERM tare-ab:docker$/);
});

test('what is unlimited, unaccounted or cannot be told is left out', () => {
  const unmarked = { ...network, mac: null };
  const line = runArguments({ ...input, cpuset: null, limitsSwap: false, network: unmarked }).join(' ');
  expect(line).not.toMatch(/cpuset|memory-swap|mac-address/);
});

test('limits and a network that are set elsewhere are left out', () => {
  const line = runArguments({ ...input, limits: null, network: null, more: ['--network', 'pasta'] }).join(
    ' ',
  );
  expect(line).not.toMatch(/--cpus |--memory|--ip |--mac-address/);
  expect(line).toContain('--network pasta');
});

test('without a filter of system calls an engine is told so', () => {
  expect(runArguments({ ...input, seccomp: null }).join(' ')).toContain('--security-opt seccomp=unconfined');
});
