/** The page's own style and script, and the chart libraries, as text to be written into the page. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface PageAssets {
  style: string;
  /** In the order in which they must run. */
  scripts: { text: string; /** For the content security policy. */ sha256: string }[];
}

let assets: PageAssets | undefined;

/** Reads them once. Throws when a file of the installation is missing. */
export function pageAssets(): PageAssets {
  assets ??= {
    style: ownAsset('report.css'),
    scripts: [
      ...libraryFiles().map((file) => readFileSync(file, 'utf8')),
      ...['curves.js', 'trend.js', 'choice.js', 'report.js'].map(ownAsset),
    ].map((source) => {
      const text = inlineSafe(source);
      return { text, sha256: createHash('sha256').update(text).digest('base64') };
    }),
  };
  return assets;
}

/** The packages' `exports` hide the browser builds: they lie beside the entry that Node resolves. */
function libraryFiles(): string[] {
  const require = createRequire(import.meta.url);
  return [
    join(dirname(require.resolve('chart.js')), 'chart.umd.min.js'),
    join(dirname(require.resolve('@sgratzl/chartjs-chart-boxplot')), 'index.umd.min.js'),
    join(dirname(require.resolve('chartjs-chart-error-bars')), 'index.umd.min.js'),
  ];
}

/** Compiled code runs in dist/, which holds no assets: they stay in the source tree, which the package ships. */
export function ownAsset(name: string): string {
  const beside = new URL(`./assets/${name}`, import.meta.url);
  const shipped = new URL(`../../../reports/html/assets/${name}`, import.meta.url);
  return readFileSync(fileURLToPath(existsSync(beside) ? beside : shipped), 'utf8');
}

/** No reference to a source map, which would be fetched, and nothing that could end the script element. */
function inlineSafe(source: string): string {
  return source.replace(/^\/\/# sourceMappingURL=.*$/gm, '').replace(/<\/script/gi, '<\\/script');
}
