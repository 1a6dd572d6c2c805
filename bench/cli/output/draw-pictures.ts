/** Draws pages as PNG files, by a Chromium that is on the machine: the same charts as in the HTML report. */
import { randomBytes } from 'node:crypto';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CommandError, run } from '../../../runners/machine/command.ts';
import { openLease } from '../../../runners/machine/lease/lease.ts';
import { releaseLease } from '../../../runners/machine/lease/release.ts';
import { findProgram } from '../../../runners/machine/programs.ts';
import type { Picture } from '../../../reports/reporter.ts';
import type { CommandContext } from '../../environment/context.ts';
import { exitCodes, TareError } from '../../environment/errors.ts';

const browsers = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Pixels of the picture for each of CSS, so that text is sharp on a screen of any size. */
const sharpness = 2;

/** @throws TareError (exit 3) where there is none */
export async function requireBrowser(names: readonly string[] = browsers): Promise<string> {
  for (const name of names) {
    const path = await findProgram(name);
    if (path !== null) return path;
  }
  throw new TareError(
    `the reporter png needs a browser that draws, one of ${names.join(', ')}; none is installed. ` +
      'Fix: apt-get install chromium. The charts are in report.html as well.',
    exitCodes.unfit,
  );
}

/**
 * @param path a folder that gets all pictures; or a file `….png` that gets the one of its name, else the first
 * @throws TareError where there is no browser, no such picture, or the browser does not draw
 */
export async function drawPictures(
  path: string,
  pictures: readonly Picture[],
  { folders, log }: Pick<CommandContext, 'folders' | 'log'>,
): Promise<void> {
  const browser = await requireBrowser();
  const isOne = extname(path).toLowerCase() === '.png';
  const [first] = pictures;
  if (!first) {
    throw new TareError(`${path}: this run has no chart to draw`, exitCodes.usage);
  }
  const named = pictures.find(({ name }) => name === basename(path, extname(path)));
  const wanted: [string, Picture][] = isOne
    ? [[path, named ?? first]]
    : pictures.map((picture) => [join(path, `${picture.name}.png`), picture]);
  const id = `charts${randomBytes(3).toString('hex')}`;
  const scratch = join(tmpdir(), `tare-${id}`);
  const lease = await openLease(folders.state, id);
  try {
    await lease.add({ kind: 'folder', path: scratch });
    await mkdir(scratch, { mode: 0o700 });
    for (const [file, picture] of wanted) await drawOne(browser, file, picture, scratch);
  } finally {
    for (const line of await releaseLease(lease.file, log)) log.warn(`not removed: ${line}`);
  }
}

async function drawOne(
  browser: string,
  file: string,
  { html, size }: Picture,
  scratch: string,
): Promise<void> {
  const source = join(scratch, 'page.html');
  await writeFile(source, html);
  await mkdir(dirname(file), { recursive: true });
  await rm(file, { force: true });
  const args = [
    '--headless',
    // A browser started by root refuses its own sandbox; the page is ours, and its policy lets it load nothing.
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    '--disable-gpu',
    '--hide-scrollbars',
    '--no-first-run',
    '--disable-background-networking',
    `--user-data-dir=${join(scratch, 'profile')}`,
    `--force-device-scale-factor=${sharpness}`,
    `--window-size=${size.width},${size.height}`,
    `--screenshot=${file}`,
    pathToFileURL(source).href,
  ];
  try {
    // It ends with this process, so that nothing writes into a folder that tare clean has removed.
    await run('setpriv', ['--pdeathsig', 'KILL', browser, ...args], { timeoutMs: 60_000 });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new TareError(`${file}: ${error.message}`, exitCodes.failed, { cause: error });
  }
  // It ends with 0 also where it has not drawn.
  if (!(await stat(file).catch(() => null))?.size) {
    throw new TareError(`${file}: ${browser} drew nothing`, exitCodes.failed);
  }
}
