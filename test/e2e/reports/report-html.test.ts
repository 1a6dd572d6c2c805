/** The HTML report in a real browser: offline, at two widths, light, dark and on paper. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunRecord } from '../../../bench/record/schema.ts';
import { historyHtml } from '../../../reports/history/html.ts';
import { html } from '../../../reports/html/index.ts';
import { historyOf } from '../../fixtures/history/make-history.ts';
import {
  crowdedDensityRecord,
  densityRecord,
  mixedDensityRecord,
  pairDensityRecord,
} from '../../fixtures/records/density-records.ts';
import { makeRecord } from '../../fixtures/records/make-record.ts';
import {
  crowdedRecord,
  hostileRecord,
  onlySkippedRecord,
  troubledRecord,
} from '../../fixtures/records/odd-records.ts';
import { chromiumProgram } from '../../support/chromium.ts';

const records: Record<string, RunRecord> = {
  main: makeRecord(),
  'one-sample': makeRecord({ samples: 1 }),
  crowded: crowdedRecord(),
  troubled: troubledRecord(),
  skipped: onlySkippedRecord(),
  hostile: hostileRecord(),
  density: densityRecord(),
  'density-pair': pairDensityRecord(),
  'density-crowded': crowdedDensityRecord(),
  'density-mixed': mixedDensityRecord(),
};

const render = { columns: 80, colour: false };
const pages: Record<string, string> = {
  ...Object.fromEntries(Object.entries(records).map(([name, record]) => [name, html.render(record, render)])),
  history: historyHtml.render(historyOf(40), render),
  'history-one': historyHtml.render(historyOf(1), render),
  'history-long': historyHtml.render(historyOf(1000), render),
};

let browser: Browser;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tare-report-'));
  for (const [name, page] of Object.entries(pages)) await writeFile(join(folder, `${name}.html`), page);
  browser = await chromium.launch({
    executablePath: chromiumProgram(),
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
});

afterAll(async () => {
  await browser.close();
  await rm(folder, { recursive: true });
});

describe.each(Object.keys(pages))('page "%s"', (name) => {
  async function expectWhole(page: Page): Promise<void> {
    expect(await overflow(page)).toBe(0);
    expect(await blankCharts(page)).toEqual([]);
    expect(await page.evaluate('window.attacked')).toBeUndefined();
  }

  // A width by itself has nothing to do with a scheme: each of both is had once.
  it('is whole at 1440 px in light colors, and then on paper, with every table unfolded', async () => {
    await withPage(name, { width: 1440, scheme: 'light' }, async (page, problems) => {
      await expectWhole(page);
      await page.setViewportSize({ width: 680, height: 900 });
      await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
      await page.locator('html.paper').waitFor();
      expect(await page.locator('details.figures:not([open])').count()).toBe(0);
      expect(await page.evaluate('getComputedStyle(document.documentElement).backgroundColor')).toBe(
        'rgb(255, 255, 255)',
      );
      expect(await blankCharts(page)).toEqual([]);
      await page.emulateMedia({ media: 'screen' });
      await page.locator('html:not(.paper)').waitFor();
      expect(await page.locator('details.figures[open]').count()).toBe(0);
      expect(problems).toEqual([]);
    });
  });

  it('is whole at 390 px in dark colors', async () => {
    await withPage(name, { width: 390, scheme: 'dark' }, async (page, problems) => {
      await expectWhole(page);
      expect(problems).toEqual([]);
    });
  });
});

describe('the page', () => {
  it('has the charts that the record has data for', async () => {
    await withPage('main', { width: 1440, scheme: 'light' }, async (page) => {
      const ids = await page.evaluate("[...document.querySelectorAll('figure')].map((figure) => figure.id)");
      expect(ids).toEqual([
        ...[
          'chart-startup',
          'chart-phases',
          'chart-stop',
          'chart-memory',
          'chart-memory-parts',
          'chart-image',
        ],
      ]);
    });
  });

  it('of many platforms shows one kind of them, and in the order that is asked for', async () => {
    await withPage('crowded', { width: 1440, scheme: 'light' }, async (page, problems) => {
      const figures = (key: string): Promise<unknown> =>
        page.evaluate(
          `[...document.querySelectorAll('.headline tbody tr:not([hidden])')].map((row) => row.dataset.${key} ?? null)`,
        );
      const kinds = (await figures('kind')) as string[];
      await page.locator('.choice select[name=order]').selectOption('ready');
      const ready = ((await figures('ready')) as string[]).map(Number);
      expect(ready).toEqual([...ready].sort((a, b) => a - b));
      await page.locator('.choice select[name=kind]').selectOption('vm');
      expect(await figures('kind')).toEqual(kinds.filter((kind) => kind === 'vm'));
      expect(await page.locator('.figures tr[data-kind=container]:not([hidden])').count()).toBe(0);
      expect(await chartLabels(page, 'chart-startup')).toEqual(await shownNames(page));
      expect(await blankCharts(page)).toEqual([]);
      await page.locator('.choice select[name=kind]').selectOption('process');
      expect(await page.locator('#chart-memory-parts:visible').count()).toBe(0);
      await page.locator('.choice select[name=kind]').selectOption('');
      await page.locator('.choice select[name=order]').selectOption('');
      expect(await figures('kind')).toEqual(kinds);
      expect(problems).toEqual([]);
    });
    await withPage('main', { width: 1440, scheme: 'light' }, async (page) => {
      expect(await page.locator('.choice').count()).toBe(0);
    });
  });

  it.each([
    ['chart-startup', 'main'],
    ['chart-phases', 'main'],
    ['chart-memory', 'main'],
    ['chart-density-memory', 'density'],
    ['chart-trend-0-0', 'history'],
  ])('redraws %s when its switch is used', async (id, name) => {
    await withPage(name, { width: 1440, scheme: 'light' }, async (page, problems) => {
      const before = await picture(page, id);
      await page.locator(`#${id} input`).nth(1).check();
      expect(await picture(page, id)).not.toBe(before);
      await page.locator(`#${id} input`).nth(0).check();
      expect(await picture(page, id)).toBe(before);
      expect(problems).toEqual([]);
    });
  });

  it('has the charts of density, each with a line and an end', async () => {
    await withPage('density', { width: 1440, scheme: 'light' }, async (page) => {
      const ids = await page.evaluate("[...document.querySelectorAll('figure')].map((figure) => figure.id)");
      const names = ['memory', 'p99', 'startup', 'slope'];
      expect(ids).toEqual(names.map((each) => `chart-density-${each}`));
      const legend = page.locator('#chart-density-memory .legend');
      expect(await legend.innerText()).toContain('5: not ready in time');
    });
  });

  it('of a history names the run of a point with its commit and machine, and marks the change', async () => {
    await withPage('history', { width: 1440, scheme: 'light' }, async (page, problems) => {
      const { x, y } = await page.evaluate<{ x: number; y: number }>(
        `(() => { const point = Chart.getChart(document.querySelector('#chart-trend-0-0 canvas')).getDatasetMeta(1).data[25]; return { x: point.x, y: point.y }; })()`,
      );
      await page.locator('#chart-trend-0-0 canvas').hover({ position: { x, y } });
      const title = `Chart.getChart(document.querySelector('#chart-trend-0-0 canvas')).tooltip.title`;
      await expect
        .poll(() => page.evaluate(title))
        .toEqual(['run-25', 'commit c0ffee0025', 'Xeon, kernel 6.1']);
      expect(await page.locator('#group-0 .plain').innerText()).toMatch(
        /runc: startup\.ready is 1[0-9]\s% slower since 2026-01-2\d, commit c0ffee00/,
      );
      expect(await page.locator('#chart-trend-0-0 .legend').innerText()).toContain('a change');
      expect(problems).toEqual([]);
    });
  });

  it('follows the system into the dark', async () => {
    await withPage('main', { width: 1440, scheme: 'light' }, async (page) => {
      const before = await picture(page, 'chart-startup');
      await page.emulateMedia({ colorScheme: 'dark' });
      await expect.poll(() => picture(page, 'chart-startup')).not.toBe(before);
    });
  });

  it('can be read without its script: tables instead of charts', async () => {
    const page = await browser.newPage({ javaScriptEnabled: false });
    await page.goto(pathToFileURL(join(folder, 'main.html')).href);
    expect(await page.locator('.legend, .toggle').filter({ visible: true }).count()).toBe(0);
    expect(await page.locator('.legend').count()).toBeGreaterThan(0);
    await page.locator('details.figures summary').first().click();
    expect(await page.locator('details.figures table').first().isVisible()).toBe(true);
    await page.close();
  });

  it('runs no script but its own', async () => {
    await withPage('main', { width: 1440, scheme: 'light' }, async (page) => {
      await page.evaluate(`{
        const script = document.createElement('script');
        script.textContent = 'window.foreign = 1';
        document.body.append(script);
      }`);
      expect(await page.evaluate('window.foreign')).toBeUndefined();
    });
  });
});

/** Opens a report and collects whatever the browser complains about or asks for. */
async function withPage(
  name: string,
  { width, scheme }: { width: number; scheme: 'light' | 'dark' },
  use: (page: Page, problems: string[]) => Promise<void>,
): Promise<void> {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: scheme });
  const url = pathToFileURL(join(folder, `${name}.html`)).href;
  const problems: string[] = [];
  page.on('console', (message) => problems.push(`console ${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => problems.push(`page error: ${error.message}`));
  page.on('request', (request) => {
    if (request.url() !== url && !request.url().startsWith('data:'))
      problems.push(`request: ${request.url()}`);
  });
  try {
    await page.goto(url);
    await use(page, problems);
  } finally {
    await page.close();
  }
}

/** Pixels by which the page is wider than the window. */
function overflow(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - window.innerWidth');
}

/** Ids of charts that show no data: axes and texts are grey, figures are coloured. */
function blankCharts(page: Page): Promise<string[]> {
  return page.evaluate(`[...document.querySelectorAll('figure:not([hidden])')].filter((figure) => {
    const canvas = figure.querySelector('canvas');
    if (canvas.width === 0 || canvas.height === 0) return true;
    // Read from a copy: the browser complains of a canvas that is read twice.
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true });
    copy.drawImage(canvas, 0, 0);
    const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
    let coloured = 0;
    for (let at = 0; at < data.length && coloured < 30; at += 4) {
      const red = data[at], green = data[at + 1], blue = data[at + 2];
      if (data[at + 3] > 100 && Math.max(red, green, blue) - Math.min(red, green, blue) > 60) coloured += 1;
    }
    return coloured < 30;
  }).map((figure) => figure.id)`);
}

/** Names of the platforms that the headline table shows, from above. */
function shownNames(page: Page): Promise<unknown> {
  return page.evaluate(
    "[...document.querySelectorAll('.headline tbody tr:not([hidden]) th')].map((cell) => cell.firstChild.data)",
  );
}

function chartLabels(page: Page, id: string): Promise<unknown> {
  return page.evaluate(`Chart.getChart(document.querySelector('#${id} canvas')).data.labels`);
}

function picture(page: Page, id: string): Promise<string> {
  return page.evaluate(`document.querySelector('#${id} canvas').toDataURL()`);
}
