/** `tare man`: the manual page, made from the program itself; the build writes it into the package. */
import type { Command } from '@commander-js/extra-typings';
import { exitCodes } from '../../environment/errors.ts';
import { tareVersion } from '../../environment/package.ts';
import type { CommandTools } from '../commands.ts';
import { cacheDirOption, quietOption, verboseOption } from '../global-options.ts';
import { manPage } from '../output/man-page.ts';

export function define(command: Command, { act, wholeProgram }: CommandTools): void {
  command.action(() =>
    act(async (context) => {
      const common = [cacheDirOption, quietOption, verboseOption];
      context.stdout.write(manPage(await wholeProgram(), common, tareVersion));
      return exitCodes.done;
    }),
  );
}
