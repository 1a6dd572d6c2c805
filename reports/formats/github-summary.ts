/** The Markdown report within what GitHub takes as a step's summary ($GITHUB_STEP_SUMMARY). */
import { markdownBlocks, markdownText } from '../markdown.ts';
import type { Reporter } from '../reporter.ts';

/** GitHub refuses a summary of more than 1 MiB as a whole. */
const longestSummaryBytes = 2 ** 20;

export const githubSummary: Reporter = {
  description: 'Markdown for the step summary of GitHub Actions, at most 1 MiB',
  file: null,
  render(record) {
    const blocks = markdownBlocks(record);
    const whole = markdownText(blocks);
    if (Buffer.byteLength(whole) <= longestSummaryBytes) return whole;
    const note =
      '> **Note:** Parts of this report are left out, since a summary may take 1 MiB. All of it is in `report.md` of the run.';
    let fitted = [note];
    // Whole blocks only: half a table or half a fence would change the meaning of what follows.
    for (const block of blocks) {
      const more = [...fitted.slice(0, -1), block, note];
      if (Buffer.byteLength(markdownText(more)) <= longestSummaryBytes) fitted = more;
    }
    return markdownText(fitted);
  },
};
