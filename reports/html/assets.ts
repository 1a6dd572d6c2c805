/** The page's own style and script, and the chart libraries, as text to be written into the page. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** What a page's scripts do: `tables` lets readers choose and unfolds for print, `charts` and `runs` (of a site) are beside that. */
export type PageScript = 'tables' | 'charts' | 'runs';

export interface PageSource {
  text: string;
  /** For the content security policy. */
  sha256: string;
}

const require = createRequire(import.meta.url);
/** By its own name, since this code lies elsewhere in it once it is built. */
const packageFolder = dirname(require.resolve('tare/package.json'));

const known = new Map<PageScript, readonly PageSource[]>();

/**
 * Reads them once.
 *
 * @returns in the order in which they must run
 * @throws Error when a file of the installation is missing
 */
export function pageScripts(script: PageScript): readonly PageSource[] {
  const scripts =
    known.get(script) ??
    sourcesOf(script).map((source) => {
      const text = inlineSafe(source);
      return { text, sha256: createHash('sha256').update(text).digest('base64') };
    });
  known.set(script, scripts);
  return scripts;
}

function sourcesOf(script: PageScript): string[] {
  const common = ['choice.js', 'report.js'].map(ownAsset);
  if (script === 'tables') return common;
  if (script === 'runs') return [...common, ownAsset('runs.js')];
  const libraries = libraryFiles().map((file) => readFileSync(file, 'utf8'));
  return [...libraries, ...['curves.js', 'trend.js', 'values.js'].map(ownAsset), ...common];
}

/** The packages' `exports` hide the browser builds: they lie beside the entry that Node resolves. */
function libraryFiles(): string[] {
  return [
    join(dirname(require.resolve('chart.js')), 'chart.umd.min.js'),
    join(dirname(require.resolve('@sgratzl/chartjs-chart-boxplot')), 'index.umd.min.js'),
    join(dirname(require.resolve('chartjs-chart-error-bars')), 'index.umd.min.js'),
  ];
}

export function ownAsset(name: string): string {
  return readFileSync(join(packageFolder, 'reports/html/assets', name), 'utf8');
}

/** No reference to a source map, which would be fetched, and nothing that could end the script element. */
function inlineSafe(source: string): string {
  return source.replace(/^\/\/# sourceMappingURL=.*$/gm, '').replace(/<\/script/gi, '<\\/script');
}
