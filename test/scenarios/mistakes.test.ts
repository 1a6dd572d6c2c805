import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ScenarioError } from '../../scenarios/loader/error.ts';
import { loadScenario } from '../../scenarios/loader/load.ts';
import { runnerNames, shortPlatformNames } from '../../scenarios/platforms/table.ts';
import { reservedMarks } from '../../scenarios/schema/allowed-words.ts';
import { errorLines, knownScenarios, knownWorkloads, mistakesOf } from './scenario-folder.ts';

const fixtures = join(import.meta.dirname, '..', 'fixtures', 'scenarios');
const start = 'name: s\nworkload: tiny\nplatforms: [process, vm]\n';

it('every mistake of a file in one go, in its order', () => {
  expect(errorLines(() => loadScenario('many-mistakes.yaml', { cwd: fixtures }))).toEqual(
    `
1:1: name: is missing; expected text
1:1: unknown key "nam"; did you mean "name"? known here: name, description, workload, limits, baseline, platforms, measures, gates
3:9: workload.name: expected a name of lower-case letters, digits, dots and dashes that begins with a letter or digit
4:19: workload.rootfs.from: unknown value "debain"; did you mean "debian"? known here: debian, oci, containerfile, directory, tar
5:19: workload.command[1]: expected text; put numbers and yes/no in quotes
6:21: workload.environment.A: expected text or a number, found true
6:27: workload.environment.b=c: expected the name of an environment variable: any text without "=" and zero bytes
7:9: workload.port: expected a whole number from 1 to 65535
8:19: workload.marks[0].name: is a mark or phase of every start; expected another name than ${reservedMarks.join(', ')}
8:34: workload.marks[0].pattern: Invalid regular expression: /(/: Unterminated group; expected a JavaScript regular expression
9:16: workload.ready.by: unknown value "htp"; did you mean "http"? known here: http, tcp, exit
10:17: limits.cpus: expected a number or text, found NaN
10:31: limits.memory: 1KiB is out of range; expected 4MiB to 16TiB
10:37: limits: unknown key "x"; known here: cpus, memory
11:11: baseline: expected text, found 3
13:5: platforms[0]: unknown value "proces"; did you mean "process"? known here: ${shortPlatformNames.join(', ')}
14:5: platforms[1]: expected one of ${shortPlatformNames.join(', ')} or a mapping, found 3
15:31: platforms[2]: key "machine" belongs to runner qemu, not to runner process; remove it or change the runner
16:22: platforms[3].runner: unknown value "qmu"; did you mean "qemu"? known here: ${runnerNames.join(', ')}
17:38: platforms[4].machine: unknown value "q34"; did you mean "q35"? known here: q35, pc, microvm
17:50: platforms[4].guest: unknown value "fuul"; did you mean "full"? known here: minimal, full
17:63: platforms[4].accel: unknown value "hvf"; known here: auto, kvm, tcg
17:78: platforms[4].required: expected true or false, found "yes"
17:99: platforms[4].limits.cpus: out of range; expected a number from 0.01 to 1024
18:5: platforms[5].runner: key "runner" is missing; expected one of ${runnerNames.join(', ')}
19:5: platforms[6]: expected one of ${shortPlatformNames.join(', ')} or a mapping, found a list
21:23: measures.startup.samples: expected a whole number from 1 to 10000
21:26: measures.startup: unknown key "page_cache"; did you mean "page-cache"? known here: samples, page-cache, idle-cpus
22:8: measures.stop: expected a mapping, found nothing
23:12: measures.density.budget: is missing; expected a mapping
24:21: measures.memory.settle: expected a time such as 300ms or 5s (units: ms, s, m, h)
24:37: measures.memory.load.rps: out of range; expected a number from 0.1 to 100000
24:51: measures.memory.load.duration: expected a time such as 300ms or 5s (units: ms, s, m, h)
26:5: gates[0].platform: is missing; expected text
26:15: gates[0].metric: expected text, found 3
26:23: gates[0].max: expected a number or text, found a list
27:5: gates[1]: expected a mapping, found "x"`
      .trim()
      .split('\n')
      .map((line) => `many-mistakes.yaml:${line}`),
  );
});

it('the error carries each mistake with its place', () => {
  let caught: unknown;
  try {
    loadScenario('many-mistakes.yaml', { cwd: fixtures });
  } catch (error) {
    caught = error;
  }
  expect(caught).toBeInstanceOf(ScenarioError);
  expect((caught as ScenarioError).mistakes[0]).toEqual({
    file: 'many-mistakes.yaml',
    line: 1,
    column: 1,
    message: 'name: is missing; expected text',
  });
});

describe('mistakes between the parts of a scenario', () => {
  it.each([
    [
      'the same platform twice',
      'name: s\nworkload: tiny\nplatforms:\n  - runc\n  - { runner: oci, id: runc }\n  - runc\n',
      [
        's.yaml:5:24: platforms[1]: id "runc" is used twice; give each platform its own id',
        's.yaml:6:5: platforms[2]: id "runc" is used twice; give each platform its own id',
      ],
    ],
    [
      'an unknown baseline',
      `${start}baseline: proces\n`,
      ['s.yaml:4:11: baseline: unknown platform "proces"; did you mean "process"? known here: process, vm'],
    ],
    [
      'a workload file',
      'name: w\nrootfs: { from: debian, packages: [] }\ncommand: [/bin/x]\nport: 80\nready: { by: tcp }\n',
      [
        's.yaml:1:1: this is a workload, not a scenario; write a scenario beside it with "workload: ./s.yaml" and "platforms: [process, runc]"',
      ],
    ],
    [
      'a record',
      '{ "schemaVersion": 1, "run": {} }',
      [
        's.yaml:1:1: this is the record of a run, not a scenario; "tare report" renders it, "tare compare" compares it',
      ],
    ],
    [
      'a scenario as workload',
      'name: s\nworkload: ./s.yaml\nplatforms: [vm]\n',
      ['s.yaml:1:1: this is a scenario, not a workload; name the workload that it runs instead'],
    ],
    [
      'no platform',
      'name: s\nworkload: tiny\nplatforms: []\n',
      ['s.yaml:3:12: platforms: expected at least one platform'],
    ],
    [
      'no measure',
      `${start}measures: {}\n`,
      [
        's.yaml:4:11: measures: nothing is measured; expected at least one measure, for instance "startup: {}"',
      ],
    ],
    [
      'a VM without room to boot',
      `${start}limits: { memory: 32MiB }\n`,
      ['s.yaml:3:22: platforms[1]: a VM cannot start in 32MiB of memory; expected at least 80MiB'],
    ],
    [
      'an option of a measure of another',
      `${start}measures: { stop: { settle: 1s } }\n`,
      ['s.yaml:4:21: measures.stop: unknown key "settle"; known here: samples'],
    ],
    [
      'an option of a measure without any',
      `${start}measures: { image: { samples: 3 } }\n`,
      ['s.yaml:4:22: measures.image: unknown key "samples"; expected none here'],
    ],
    [
      'a whole system on microvm, in too little memory, and UEFI for a guest without a boot loader',
      [
        start.replace(/platforms:.*\n/, 'platforms:\n'),
        '  - { id: a, runner: qemu, guest: full, machine: microvm }\n',
        '  - { id: b, runner: qemu, firmware: uefi }\n',
      ].join(''),
      [
        's.yaml:4:50: platforms[0].machine: microvm has no firmware that boots from a disk; expected q35 or pc for guest: full',
        's.yaml:5:38: platforms[1].firmware: QEMU itself loads the minimal guest; expected guest: full beside firmware: uefi',
      ],
    ],
    [
      'a whole system without room to boot',
      'name: s\nworkload: tiny\nlimits: { memory: 255MiB }\nplatforms: [vm-full]\n',
      [
        's.yaml:4:13: platforms[0]: a VM with a full guest cannot start in 255MiB of memory; expected at least 256MiB',
      ],
    ],
    [
      'clones of what cannot be cloned',
      [
        start.replace(/platforms:.*\n/, 'platforms:\n'),
        '  - { id: a, runner: qemu, guest: full, start: snapshot }\n',
        '  - { id: b, runner: qemu, start: snapshot, huge-pages: true }\n',
        '  - { id: c, runner: qemu, start: snapshot, free-page-reporting: true }\n',
      ].join(''),
      [
        's.yaml:4:48: platforms[0].start: only the minimal guest on q35 or pc can be cloned; expected boot',
        "s.yaml:5:57: platforms[1].huge-pages: clones share the pages of the snapshot's file, which are not huge; expected false",
        "s.yaml:6:66: platforms[2].free-page-reporting: what a clone frees would come back as the snapshot's; expected false",
      ],
    ],
    [
      'a boot file that is not there',
      [
        start.replace(/platforms:.*\n/, 'platforms:\n'),
        '  - { id: a, runner: qemu, kernel: no/bzImage }\n',
      ].join(''),
      [
        expect.stringMatching(
          /^s\.yaml:4:36: platforms\[0\]\.kernel: no such file: .*\/no\/bzImage; expected a path relative to this file$/,
        ) as string,
      ],
    ],
    [
      'a disk of one’s own for a whole system',
      [
        start.replace(/platforms:.*\n/, 'platforms:\n'),
        '  - { id: a, runner: qemu, guest: full, disk: my.qcow2 }\n',
      ].join(''),
      [
        's.yaml:4:47: platforms[0].disk: the full guest has its own system on its own disk; expected guest: minimal beside it',
      ],
    ],
    [
      'options of gVisor for another runtime',
      [
        start.replace(/platforms:.*\n/, 'platforms:\n'),
        '  - { id: a, runner: oci, platform: kvm }\n',
        '  - { id: b, runner: containerd, network: host }\n',
        '  - { id: c, runner: docker, runtime: crun, platform: kvm }\n',
        '  - { id: d, runner: podman, network: host }\n',
        '  - { id: e, runner: docker, runtime: runsc, platform: kvm, network: host }\n',
      ].join(''),
      [
        's.yaml:4:37: platforms[0].platform: only gVisor has it; expected runtime: runsc beside it',
        's.yaml:5:43: platforms[1].network: only gVisor has it; expected runtime: runsc beside it',
        's.yaml:6:55: platforms[2].platform: only gVisor has it; expected runtime: runsc beside it',
        's.yaml:7:39: platforms[3].network: only gVisor has it; expected runtime: runsc beside it',
      ],
    ],
    [
      'an option of another runner',
      'name: s\nworkload: tiny\nplatforms:\n  - id: a\n    runner: oci\n    accel: kvm\n',
      [
        's.yaml:6:5: platforms[0]: key "accel" belongs to runner qemu, not to runner oci; remove it or change the runner',
      ],
    ],
    [
      'absurd limits',
      `${start}limits: { cpus: 5000, memory: 999TiB }\n`,
      [
        's.yaml:4:17: limits.cpus: out of range; expected a number from 0.01 to 1024',
        's.yaml:4:31: limits.memory: 999TiB is out of range; expected 4MiB to 16TiB',
      ],
    ],
    [
      'limits without units',
      `${start}limits: { cpus: one, memory: 512 }\n`,
      [
        's.yaml:4:17: limits.cpus: expected a number of CPUs such as 0.5, or thousandths such as 500m',
        's.yaml:4:30: limits.memory: expected a size such as 512MiB (units: B, kB, MB, GB, TB, KiB, MiB, GiB, TiB; also 512m as docker and 512Mi as Kubernetes have it)',
      ],
    ],
    [
      'an endless number of CPUs',
      `${start}limits: { cpus: .inf }\n`,
      ['s.yaml:4:17: limits.cpus: expected a number or text, found Infinity'],
    ],
  ])('%s', (_, text, lines) => {
    expect(mistakesOf(text)).toEqual(lines);
  });

  it('two kinds of mistakes do not hide each other', () => {
    expect(mistakesOf('nam: s\nworkload: tinny\nplatforms: [process, process]\nbaseline: vm\n')).toEqual([
      's.yaml:1:1: name: is missing; expected text',
      expect.stringContaining('s.yaml:1:1: unknown key "nam"'),
      `s.yaml:2:11: workload: unknown workload "tinny"; did you mean "tiny"? known here: ${knownWorkloads}, or a path such as ./my-workload.yaml`,
      's.yaml:3:22: platforms[1]: id "process" is used twice; give each platform its own id',
      's.yaml:4:11: baseline: unknown platform "vm"; known here: process',
    ]);
  });
});

describe('names', () => {
  it.each([
    ['tomct', `unknown scenario "tomct"; did you mean "tomcat"? known here: ${knownScenarios}`],
    ['nothing-like-it', `unknown scenario "nothing-like-it"; known here: ${knownScenarios}`],
    [
      'many-mistakes',
      'unknown scenario "many-mistakes"; for the file of that name write ./many-mistakes.yaml',
    ],
  ])('%s', (name, line) => {
    expect(errorLines(() => loadScenario(name, { cwd: fixtures }))).toEqual([line]);
  });
});
