/** The command line as a user types it: help, mistakes, lists, schema, completion, streams. */
import { chown, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { reporters } from '../../../reports/index.ts';
import { run, start } from '../../../runners/machine/command.ts';
import { shortPlatformNames } from '../../../scenarios/platforms/table.ts';
import { makeSandbox, tare, tareFromSources, type Sandbox } from '../../support/tare.ts';

const packageFolder = fileURLToPath(new URL('../../..', import.meta.url));
let box: Sandbox;
beforeAll(async () => {
  box = await makeSandbox();
});
afterAll(() => box.remove());

describe('help', () => {
  it('names every command on stdout', async () => {
    const { code, stdout, stderr } = await tare(box, ['--help']);
    expect([code, stderr]).toEqual([0, '']);
    for (const name of ['run', 'build', 'report', 'doctor', 'list', 'clean', 'schema', 'completion']) {
      expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
    }
  });

  it('names the options of a command with their environment variables', async () => {
    const { stdout } = await tare(box, ['run', '--help']);
    expect(stdout).toMatch(/--samples <n>[^-]*TARE_SAMPLES/);
    expect(stdout).toMatch(/--accel <name>[^-]*"auto", "kvm", "tcg"/);
  });

  it('gives the version of the package, as built and from its sources', async () => {
    const version = (
      JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8')) as { version: string }
    ).version;
    expect((await tare(box, ['--version'])).stdout).toBe(version);
    expect((await tare({ ...box, program: tareFromSources }, ['--version'])).stdout).toBe(version);
  });
});

describe('whoever runs it', () => {
  it('is told that a VM, too, needs root', async () => {
    const user = await makeSandbox();
    const folder = user.folder;
    await chown(folder, 65534, 65534);
    // A clone may lie where nobody else gets to, in /root for instance.
    const clone = join(folder, 'clone');
    await mkdir(clone);
    const bind = 'mount --bind "$1" "$2"; shift 2; exec "$@"';
    const { code, stderr } = await run(
      'unshare',
      [
        ...['--mount', 'sh', '-euc', bind, 'sh', packageFolder, clone],
        ...['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--', process.execPath],
        ...[join(clone, 'dist/bench/cli.js'), 'run', 'tiny', '--platform', 'vm'],
      ],
      { cwd: folder, env: { ...user.env, TARE_CACHE_DIR: join(folder, 'cache') }, accept: [3] },
    );
    expect(code).toBe(3);
    expect(stderr).toMatch(/vm is skipped: not root/);
    await user.remove();
  });
});

describe('a mistake on the command line', () => {
  it.each([
    [['rnu'], /unknown command 'rnu'[^]*Did you mean run\?/],
    [['run', '--samplse', '3'], /unknown option '--samplse'[^]*Did you mean --samples\?/],
    [['run', '--samples', 'many'], /whole number, at least 1/],
    [['run', '--samples', '0'], /whole number, at least 1/],
    [['run', '--accel', 'xen'], /Allowed choices are auto, kvm, tcg/],
    [['list', 'everything'], /Allowed choices are platforms, scenarios, measures, metrics, runs, reporters/],
    [['run', 'nosuch'], /unknown scenario "nosuch"/],
    [['run', 'tiny', '--platform', 'rnuc'], /unknown platform "rnuc"[^]*did you mean "runc"/],
    [['run', 'tiny', '--reporter', 'htlm'], /unknown reporter "htlm"[^]*did you mean "html"/],
    [['report', 'nosuch'], /no run `nosuch`/],
    [['run', '--resume', 'last'], /there is no run under/],
    [[], /Usage: tare/],
  ])('%j ends with exit 2, a hint and no stack', async (args, message) => {
    const { code, stdout, stderr } = await tare(box, args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at |bug/);
  });

  it('in a scenario file is shown with file, line and column', async () => {
    await writeFile(join(box.folder, 'wrong.yaml'), 'name: wrong\nworkload: tiny\nplatfroms: [process]\n');
    const { code, stderr } = await tare(box, ['run', 'wrong.yaml']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/wrong\.yaml:3:1: .*platfroms.*did you mean "platforms"/);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it('leaves nothing behind', async () => {
    expect((await readdir(box.folder)).sort()).toEqual(['wrong.yaml']);
  });
});

describe('tare list', () => {
  it('shows platforms, scenarios and reporters, and the same as JSON', async () => {
    const files = await readdir(new URL('../../../scenarios', import.meta.url));
    const builtIn = files.flatMap((file) => (file.endsWith('.yaml') ? [basename(file, '.yaml')] : [])).sort();
    expect(builtIn).toContain('tiny');
    for (const [subject, names] of [
      ['platforms', shortPlatformNames],
      ['scenarios', builtIn],
      ['reporters', [...Object.keys(reporters), 'json']],
    ] as const) {
      const { stdout } = await tare(box, ['list', subject]);
      const firstColumn = stdout
        .split('\n')
        .slice(1)
        .map((line) => line.split(' ')[0]);
      expect(firstColumn).toEqual(names);
      const rows = JSON.parse((await tare(box, ['list', subject, '--json'])).stdout) as object[];
      expect(rows.map((row) => Object.values(row)[0] as string)).toEqual(names);
    }
  });

  it('says that there are no runs yet, and prints no data', async () => {
    const { code, stdout, stderr } = await tare(box, ['list', 'runs']);
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toContain('there are no runs yet');
  });
});

describe('tare schema', () => {
  const compile = async (subject: string): Promise<ValidateFunction> =>
    new Ajv2020({ strict: false }).compile(
      JSON.parse((await tare(box, ['schema', subject])).stdout) as object,
    );

  it('accepts every built-in scenario and refuses a misspelt key', async () => {
    const accepts = await compile('scenario');
    const folder = join(packageFolder, 'scenarios');
    const names = (await readdir(folder)).filter((name) => name.endsWith('.yaml'));
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) {
      const scenario = parse(await readFile(join(folder, name), 'utf8')) as object;
      expect([name, accepts(scenario)]).toEqual([name, true]);
      expect(accepts({ ...scenario, platfroms: [] })).toBe(false);
    }
  });

  it('describes the record', async () => {
    const accepts = await compile('record');
    expect(accepts({ schemaVersion: 1 })).toBe(false);
  });
});

describe('tare completion bash', () => {
  let script: string;
  beforeAll(async () => {
    script = join(box.folder, 'completion.bash');
    await writeFile(script, (await tare(box, ['completion', 'bash'])).stdout);
  });
  const complete = async (...words: string[]): Promise<string[]> => {
    const fixture = fileURLToPath(new URL('../../fixtures/complete.sh', import.meta.url));
    return (await run('bash', [fixture, script, ...words], { cwd: box.folder })).stdout.split('\n').sort();
  };

  it.each([
    [
      ['tare', 'r'],
      ['report', 'run'],
    ],
    [
      ['tare', 'list', 'r'],
      ['reporters', 'runs'],
    ],
    [['tare', 'run', '--res'], ['--resume']],
    [
      ['tare', 'history', '--reporter', ''],
      ['csv', 'html', 'json', 'terminal'],
    ],
    [
      ['tare', 'run', '--accel', ''],
      ['auto', 'kvm', 'tcg'],
    ],
    [['tare', 'run', '--platform', 'vm'], shortPlatformNames.filter((name) => name.startsWith('vm')).sort()],
    [
      ['tare', 'run', 't'],
      ['throughput', 'tiny', 'tomcat'],
    ],
    [
      ['tare', 'completion', ''],
      ['bash', 'fish', 'zsh'],
    ],
  ])('completes %j', async (words, expected) => {
    expect(await complete(...words)).toEqual(expected);
  });

  it('completes metrics, and the runs of the working folder', async () => {
    expect(await complete('tare', 'history', '--metric', 'stop.')).toEqual([
      'stop.graceful',
      'stop.kill',
      'stop.released',
    ]);
    await mkdir(join(box.folder, '.tare/runs/20260101-120000-tiny'), { recursive: true });
    for (const words of [
      ['report', '2'],
      ['compare', 'last', '2'],
      ['run', '--resume', '2'],
      ['check', 'last', '--against', '2'],
      ['claims', '2'],
    ])
      expect(await complete('tare', ...words)).toEqual(['20260101-120000-tiny']);
    expect(await complete('tare', 'claims', 'q')).toEqual(['quick']);
  });

  it.each(['zsh', 'fish'])('has a script for %s that knows commands and options', async (shell) => {
    const { stdout } = await tare(box, ['completion', shell]);
    expect(stdout).toMatch(/fail-on-inconclusive/);
    expect(stdout).toMatch(/doctor/);
  });
});

describe('streams and settings', () => {
  it('bears a reader that has seen enough', async () => {
    const child = start(process.execPath, [...box.program, 'schema', 'record'], { cwd: packageFolder });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    // Closed before the program has begun to write: its first write meets EPIPE.
    if (!(child.stdout instanceof Readable)) throw new Error('stdout is no stream that can be closed');
    child.stdout.destroy();
    expect(await child.exited).toMatchObject({ code: 0, signal: null });
    expect(stderr).toBe('');
  });

  it('takes options from tare.yaml, from the environment and from flags, the last one first', async () => {
    const own = await makeSandbox();
    try {
      await writeFile(join(own.folder, 'tare.yaml'), 'platform: process\nseed: 1\n');
      const plan = async (args: string[], env: Record<string, string> = {}): Promise<string> =>
        (await tare(own, ['run', 'tiny', '--dry-run', ...args], env)).stdout;
      expect(await plan([])).toMatch(/seed 1\n {2}process: [^]*block 0 [^,]*, excluded\): process —/);
      expect(await plan([], { TARE_SEED: '2' })).toContain('seed 2\n');
      expect(await plan(['--seed', '3'], { TARE_SEED: '2' })).toContain('seed 3\n');
    } finally {
      await own.remove();
    }
  });
});

describe('tare doctor', () => {
  it.each([
    ['fedora', 'dnf install pigz'],
    ['arch', 'pacman -S --needed pigz'],
  ])('on %s installs nothing and prints the command', async (distribution, command) => {
    const release = join(box.folder, 'os-release');
    await writeFile(release, `ID=${distribution}\n`);
    const doctor = [process.execPath, ...box.program, 'doctor'];
    const { code, stdout } = await run(
      'unshare',
      [
        ...['--mount', 'sh', join(packageFolder, 'test/fixtures/over.sh'), release, '/etc/os-release'],
        ...['sh', join(packageFolder, 'test/fixtures/without.sh'), '/usr/bin/pigz', ...doctor, '--fix'],
      ],
      { cwd: box.folder, env: box.env, accept: [3] },
    );
    expect(code).toBe(3);
    expect(stdout).toContain('missing:\n  pigz: compresses images');
    expect(stdout).toContain(`tare doctor --fix knows only Debian and Ubuntu) with: ${command}\n`);
    expect(stdout).not.toContain('apt-get');
  });

  it('agrees with the machine, and --fix has nothing to do where nothing is missing', async () => {
    const { code, stdout, stderr } = await tare(box, ['doctor', '--fix', '--tests', '--json']);
    const { ready, missing, platforms, system } = JSON.parse(stdout) as {
      ready: boolean;
      missing: object[];
      platforms: {
        id: string;
        usable: boolean;
        accel: string | null;
        remedy: string | null;
        notes: string[];
      }[];
      system: { name: string; level: string; remedy: string | null }[];
    };
    expect(missing).toEqual([]);
    expect(stderr).not.toContain('apt-get');
    expect(code).toBe(ready ? 0 : 3);
    expect(platforms.map((platform) => platform.id)).toEqual(shortPlatformNames);
    for (const { usable, accel, remedy, notes } of platforms) {
      // An unfit platform says why and what helps; a fit one says what drives it.
      expect(usable ? accel !== null : notes.length > 0 && remedy !== null).toBe(true);
    }
    expect(system.find((check) => check.name === 'rights')?.level).toBe(
      process.getuid?.() === 0 ? 'ok' : 'fail',
    );
  });
});
