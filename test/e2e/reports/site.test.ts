/** The site of ten runs in a real browser, from file://: search, two clicks to a comparison, and axe-core on every kind of page. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { siteCommand } from '../../../bench/cli/commands/site.ts';
import { fleetReporters } from '../../../reports/fleet/index.ts';
import { html } from '../../../reports/html/index.ts';
import { makeFleet } from '../../fixtures/fleet/make-fleet.ts';
import { makeStoredRuns } from '../../fixtures/history/make-stored-runs.ts';
import { densityRecord } from '../../fixtures/records/density-records.ts';
import { troubledRecord } from '../../fixtures/records/odd-records.ts';
import { chromiumProgram } from '../../support/chromium.ts';
import { testContext } from '../../support/context.ts';

const ids = makeStoredRuns(10).map(({ run }) => run.id);
const render = { columns: 80, colour: false };
/** Kinds of pages that the site of these runs has not. */
const extra = {
  'density.html': html.render(densityRecord(), render),
  'troubled.html': html.render(troubledRecord(), render),
  'fleet.html': fleetReporters.html.render(makeFleet(), render),
};

let browser: Browser;
let context: BrowserContext;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tare-site-'));
  for (const record of makeStoredRuns(10, 6)) {
    const run = join(folder, '.tare/runs', record.run.id);
    await mkdir(run, { recursive: true });
    await writeFile(join(run, 'run.json'), JSON.stringify(record));
  }
  await siteCommand({ out: 'public', dir: [], title: 'Weights' }, testContext(folder));
  for (const [name, text] of Object.entries(extra)) await writeFile(join(folder, 'public', name), text);
  browser = await chromium.launch({
    executablePath: chromiumProgram(),
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  // The pages allow no script but their own, and axe-core is none of them.
  context = await browser.newContext({ bypassCSP: true, colorScheme: 'light' });
});

afterAll(async () => {
  await browser.close();
  await rm(folder, { recursive: true });
});

async function open(path: string, width = 1440): Promise<Page> {
  const page = await context.newPage();
  await page.setViewportSize({ width, height: 900 });
  await page.goto(pathToFileURL(join(folder, 'public', path)).href);
  return page;
}

describe('the first page', () => {
  it('finds runs by words', async () => {
    const page = await open('index.html');
    await page.getByLabel('Search').fill('20260103');
    expect(await page.locator('tr[data-run]:visible').count()).toBe(1);
    expect(await page.locator('.found').innerText()).toBe('1 of 10 runs');
    await page.close();
  });

  it('compares two runs by two clicks, the older one as the reference', async () => {
    const page = await open('index.html');
    await page.getByRole('button', { name: `Compare ${ids[8] ?? ''}` }).click();
    expect(await page.locator('.picked').innerText()).toContain('now choose the other run');
    await page.getByRole('button', { name: `Compare ${ids[2] ?? ''}` }).click();
    await page.waitForURL(/comparisons\//);
    expect(await page.locator('h2').innerText()).toBe(
      `${ids[8] ?? ''} against ${ids[2] ?? ''} (the reference)`,
    );
    expect(await page.locator('main').innerText()).toMatch(/runc\tstartup\.ready\t.*\t\+1\d\s%\t/);
    await page.close();
  });

  it('does the same with the keyboard alone', async () => {
    const page = await open('index.html');
    const press = async (name: string): Promise<void> => {
      for (let tabs = 0; tabs < 100; tabs += 1) {
        await page.keyboard.press('Tab');
        if ((await page.evaluate("document.activeElement.getAttribute('aria-label')")) === name) break;
      }
      await page.keyboard.press('Enter');
    };
    await press(`Compare ${ids[9] ?? ''}`);
    await press(`Compare ${ids[5] ?? ''}`);
    await page.waitForURL(/comparisons\//);
    await page.close();
  });

  it('shows the medians of two runs that have no page of their own', async () => {
    const page = await open('index.html');
    // As for runs that are older than those that are compared by twos.
    await page.evaluate("document.getElementById('comparisons').textContent = '{}'");
    await writeFile(join(folder, 'public', 'unpaired.html'), await page.content());
    await page.goto(pathToFileURL(join(folder, 'public', 'unpaired.html')).href);
    await page.getByRole('button', { name: `Compare ${ids[0] ?? ''}` }).click();
    await page.getByRole('button', { name: `Compare ${ids[9] ?? ''}` }).click();
    expect(await page.locator('.picked').innerText()).toMatch(/: medians only\. tare compare has intervals/);
    const table = await page.locator('.pair').innerText();
    expect(table).toMatch(/^runc: ready\t2\.\d\d\ss\t2\.\d\d\ss\t[+−][\d.]+\s%$/m);
    expect(await page.evaluate('document.activeElement.className')).toContain('pair');
    await page.close();
  });

  it.each([1440, 390])('is whole at %i px', async (width) => {
    const page = await open('index.html', width);
    expect(await page.evaluate('document.documentElement.scrollWidth - window.innerWidth')).toBe(0);
    // Of a wide table, which scrolls by itself, the end would not be seen.
    const button = await page.getByRole('button', { name: `Compare ${ids[0] ?? ''}` }).boundingBox();
    expect((button?.x ?? width) + (button?.width ?? 0)).toBeLessThanOrEqual(width);
    await page.close();
  });
});

describe('the other pages', () => {
  it.each([
    'history.html',
    `runs/${ids[0] ?? ''}/report.html`,
    `comparisons/${ids[0] ?? ''}--${ids[9] ?? ''}.html`,
  ])('%s leads back to the first one', async (path) => {
    const page = await open(path);
    await page.getByRole('link', { name: 'All runs' }).click();
    await page.waitForURL(/index\.html$/);
    await page.close();
  });

  it.each(['history.html', `runs/${ids[0] ?? ''}/report.html`, 'density.html'])(
    '%s has a table behind every chart, which the keyboard unfolds',
    async (path) => {
      const page = await open(path);
      const figures = page.locator('figure:visible');
      const count = await figures.count();
      expect(count).toBeGreaterThan(1);
      for (let index = 0; index < count; index += 1) {
        const figure = figures.nth(index);
        await figure.locator('summary').focus();
        await page.keyboard.press('Enter');
        await figure.locator('td').first().waitFor();
        expect(await figure.locator('thead').innerText()).toMatch(/^(Platform|Instances|Run)\t/);
        expect(await figure.locator('tbody').innerText()).not.toMatch(/undefined|NaN|\[object/);
      }
      await page.close();
    },
  );
});

describe('axe-core', () => {
  it.each([
    'index.html',
    'history.html',
    `runs/${ids[0] ?? ''}/report.html`,
    `comparisons/${ids[0] ?? ''}--${ids[9] ?? ''}.html`,
    ...Object.keys(extra),
  ])('finds nothing on %s, in light and in dark', async (path) => {
    const page = await open(path);
    // Tables that are written when they are unfolded count as well.
    await page.evaluate(
      "document.querySelectorAll('details.values').forEach((each) => { each.open = true; })",
    );
    await page.addScriptTag({ content: axe.source });
    expect(await violations(page, '{}')).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    // Nothing but the colors is another.
    expect(await violations(page, "{ runOnly: ['color-contrast'] }")).toEqual([]);
    await page.close();
  });
});

/** @param options of axe.run, as source */
function violations(page: Page, options: string): Promise<unknown> {
  return page.evaluate(
    `axe.run(${options}).then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.slice(0, 3).map(({ html }) => html.slice(0, 200)).join(' | ')))`,
  );
}
