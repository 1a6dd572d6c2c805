/** Every reporter by name. A new one is a file (or folder) and a line here. */
import { densityCsv } from './tables/density-csv.ts';
import { bencher } from './formats/bencher.ts';
import { biggerIsBetter, smallerIsBetter } from './formats/github-action-benchmark.ts';
import { githubAnnotations } from './formats/github-annotations.ts';
import { githubSummary } from './formats/github-summary.ts';
import { goBenchmark } from './formats/go-benchmark.ts';
import { hyperfine } from './formats/hyperfine.ts';
import { junit } from './formats/junit.ts';
import { openMetrics } from './formats/openmetrics.ts';
import { html } from './html/index.ts';
import { markdown } from './markdown.ts';
import { png } from './html/slides.ts';
import type { Reporter } from './reporter.ts';
import { samplesCsv } from './tables/samples-csv.ts';
import { summaryCsv } from './tables/summary-csv.ts';
import { terminal } from './terminal.ts';

export const reporters = {
  terminal,
  markdown,
  html,
  png,
  'summary-csv': summaryCsv,
  'samples-csv': samplesCsv,
  'density-csv': densityCsv,
  junit,
  github: githubAnnotations,
  'github-summary': githubSummary,
  'github-action-benchmark': smallerIsBetter,
  'github-action-benchmark-bigger': biggerIsBetter,
  bencher,
  hyperfine,
  'go-benchmark': goBenchmark,
  openmetrics: openMetrics,
} satisfies Record<string, Reporter>;
