/** The manual page says what the help of every command says. */
import { describe, expect, it } from 'vitest';
import { commands } from '../../../../bench/cli/commands.ts';
import { cacheDirOption, quietOption, verboseOption } from '../../../../bench/cli/global-options.ts';
import { manPage } from '../../../../bench/cli/output/man-page.ts';
import { createProgram } from '../../../../bench/cli/program.ts';
import { run } from '../../../../runners/machine/command.ts';
import { findProgram } from '../../../../runners/machine/programs.ts';

const tools = { act: () => Promise.resolve(), wholeProgram: () => Promise.reject(new Error('not here')) };
const program = await createProgram(Object.keys(commands), tools);
const common = [cacheDirOption, quietOption, verboseOption];
const page = manPage(program, common, '1.2.3');
const groff = await findProgram('groff');

describe('the manual page', () => {
  it('has every command, and every option with what its help says', () => {
    for (const command of program.commands) {
      expect(page).toContain(`.SS tare ${command.name()}`);
      for (const { flags } of command.options)
        expect(page).toContain(`.TP\n\\fB${flags.replaceAll('-', '\\-')}\\fR\n`);
    }
    expect(page).toContain('\\fB\\-\\-samples <n>\\fR\nSamples per platform (env: TARE_SAMPLES)\n');
    expect(page).toContain('.TP\n\\fBTARE_SAMPLES\\fR\nThe same as \\-\\-samples.\n');
  });

  it('says once what every command takes', () => {
    expect(page.split('\\fB\\-\\-cache\\-dir <dir>\\fR')).toHaveLength(2);
  });

  it('has no line that troff would take for a request of its own', () => {
    const requests = page.split('\n').filter((line) => /^[.']/.test(line));
    expect(requests.filter((line) => !/^\.(TH|SH|SS|TP|PP|B|I)\b/.test(line))).toEqual([]);
  });

  it.skipIf(groff === null)('is set by groff without a warning', async () => {
    // Without the overstriking that makes letters bold.
    const args = ['-man', '-Tutf8', '-K', 'utf8', '-ww', '-P-cbou'];
    const { stdout, stderr } = await run('groff', args, { input: page });
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^TARE\(1\) +User Commands +TARE\(1\)$/m);
    expect(stdout).toMatch(/^ +--samples <n>$/m);
  });
});
