// Sets up a fresh clone and goes on with what was asked for:
//
//   node bench/bootstrap.mjs start [ARGUMENTS OF tare run]     install, build, tare doctor --fix, tare run tomcat
//   node bench/bootstrap.mjs test [ARGUMENTS OF vitest run]    install, build, what the tests need, every test
//   node bench/bootstrap.mjs setup                             only the set-up of `test`
//   node bench/bootstrap.mjs build                             only npm packages and the build; needs no root
//   node bench/bootstrap.mjs check SCRIPT…                     scripts of package.json, two at a time; says which failed
//
// Plain JavaScript without dependencies, since node_modules may not exist yet. The only other file that starts
// programs is runners/machine/command.ts.
import { spawn } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const home = dirname(dirname(fileURLToPath(import.meta.url)));
const cli = join('dist', 'bench', 'cli.js');
/** Written after a build: newer than every source means that nothing needs building. */
const buildStamp = join('dist', '.built');
const sourceFolders = ['scenarios', 'runners', 'bench', 'reports'];
const leastNode = [20, 19];

const [mode = '', ...rest] = process.argv.slice(2);
const modes = { start, test, setup, build, check };
if (!Object.hasOwn(modes, mode)) {
  console.error(`usage: node bench/bootstrap.mjs ${Object.keys(modes).join('|')} [arguments]`);
  process.exit(2);
}
process.chdir(home);
// Debian's `su`, and users other than root, have a PATH without the folders of mke2fs and the like.
process.env.PATH = [process.env.PATH, '/usr/local/sbin', '/usr/sbin', '/sbin'].join(':');
ignoreInterrupts();
process.exitCode = await modes[mode](rest);

async function start(args) {
  say('Setting up in three steps. The first time takes one to five minutes, later seconds.');
  await makeReady([]);
  if (process.getuid() !== 0) {
    say('stopped: a run needs root, for network namespaces, cgroups and mounts; type: sudo npm start');
    return 3;
  }
  // Without a scenario among the arguments, tare runs the default one, tomcat.
  say(`4/4 running: ${['tare run', ...args].join(' ')}`);
  return await run(process.execPath, [cli, 'run', ...args]);
}

async function test(args) {
  await setup();
  const vitest = [join('node_modules', 'vitest', 'vitest.mjs'), 'run', ...args];
  if (process.getuid() !== 0) {
    say(
      '4/4 running the unit tests; skipped without root: test/e2e, with real containers and virtual machines',
    );
    return await run(process.execPath, [...vitest, '--project', 'unit']);
  }
  say('4/4 running every test: with real containers and virtual machines this takes some minutes');
  return await run(process.execPath, vitest);
}

async function setup() {
  say('Setting up in three steps. The first time takes two to six minutes, later seconds.');
  await makeReady(['--tests']);
  return 0;
}

async function build() {
  checkNode();
  await installModules();
  await compile();
  return 0;
}

/** Lint takes as long as all others together. */
async function check(scripts) {
  const waiting = [...scripts];
  const failed = [];
  const work = async () => {
    for (let script = waiting.shift(); script !== undefined; script = waiting.shift()) {
      if ((await run('npm', ['run', '--silent', script])) !== 0) failed.push(script);
    }
  };
  await Promise.all([work(), work()]);
  if (failed.length > 0) say(`failed: ${failed.join(', ')}`);
  return failed.length === 0 ? 0 : 1;
}

/** Everything up to a machine with all programs; ends here, after the doctor's list, where one cannot be installed. */
async function makeReady(doctorArgs) {
  await build();
  say('3/4 looking for missing programs and at the machine (tare doctor --fix)');
  const doctor = [cli, 'doctor', '--fix', ...doctorArgs];
  await mustRun(process.execPath, doctor, 'tare: stopped: install what is missing, then try again');
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > leastNode[0] || (major === leastNode[0] && minor >= leastNode[1])) return;
  console.error(`Node ${leastNode.join('.')} or later is needed; this is ${process.versions.node}.`);
  console.error('Get it from https://nodejs.org or with a version manager, then try again.');
  process.exit(3);
}

async function installModules() {
  // npm ci would empty a folder that is linked here, and others may use it.
  if (lstatSync('node_modules', { throwIfNoEntry: false })?.isSymbolicLink()) return;
  const installed = join('node_modules', '.package-lock.json');
  if (existsSync(installed) && modified(installed) >= modified('package-lock.json')) return;
  say('1/4 installing npm packages (npm ci, about half a minute)');
  // No package here needs its install script; npm 11 warns of each that it does not run.
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];
  await mustRun('npm', args, 'npm ci failed; is the npm registry reachable?');
  // npm keeps the time of the lock file it wrote; a checkout may be newer than that.
  utimesSync(installed, new Date(), new Date());
}

async function compile() {
  const inputs = [
    'package-lock.json',
    'tsconfig.json',
    'tsconfig.build.json',
    ...sourceFolders.flatMap(sources),
  ];
  if (existsSync(buildStamp) && existsSync(cli)) {
    const builtAt = modified(buildStamp);
    if (
      inputs.every((file) => modified(file) <= builtAt) &&
      readFileSync(buildStamp, 'utf8') === list(inputs)
    )
      return;
  }
  say('2/4 building (about ten seconds)');
  // The stamp gets the time of the start, so that an edit during the build counts as newer.
  const begin = new Date();
  // As `npm run build` has them.
  for (const part of ['bundle', 'write-types', 'write-schemas', 'write-man'])
    await mustRun(process.execPath, [join('bench', `${part}.mjs`)], 'the build failed');
  writeFileSync(buildStamp, list(inputs));
  utimesSync(buildStamp, begin, begin);
}

/** Names, so that a removed source counts as a change too. */
function list(inputs) {
  return `${inputs.join('\n')}\n`;
}

function sources(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => /\.(ts|mjs)$/.test(name))
    .map((name) => join(folder, name))
    .sort();
}

function modified(file) {
  return statSync(file).mtimeMs;
}

async function mustRun(program, args, complaint) {
  const code = await run(program, args);
  if (code === 0) return;
  console.error(complaint);
  process.exit(code);
}

/** Runs a program on this terminal and resolves with its exit code, 128 + the signal's number if one ended it. */
function run(program, args) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: 'inherit' });
    const passOn = (signal) => child.kill(signal);
    process.on('SIGTERM', passOn);
    process.on('SIGHUP', passOn);
    const settle = (code) => {
      process.off('SIGTERM', passOn);
      process.off('SIGHUP', passOn);
      resolve(code);
    };
    child.once('error', (error) => {
      console.error(`${program} cannot be started: ${error.message}`);
      settle(4);
    });
    child.once('exit', (code, signal) => {
      const ended = signal === null ? (code ?? 4) : 128 + constants.signals[signal];
      settle(ended);
      if (isInterrupted(ended)) process.exit(ended);
    });
  });
}

/** A terminal sends Ctrl-C to the child as well: it cleans up, and this program ends after it, with its code. */
function ignoreInterrupts() {
  process.on('SIGINT', () => undefined);
}

function isInterrupted(code) {
  return code === 128 + constants.signals.SIGINT || code === 128 + constants.signals.SIGTERM;
}

/** On stderr, since stdout belongs to the last step. */
function say(message) {
  console.error(`tare: ${message}`);
}
