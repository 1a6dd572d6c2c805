/** Options of every command. A file of their own, since `tare --help` needs no others, nor what those are made of. */
import { Option } from '@commander-js/extra-typings';

export const cacheDirOption = new Option(
  '--cache-dir <dir>',
  'where payloads, images and kernels are kept (default: $XDG_CACHE_HOME/tare)',
).env('TARE_CACHE_DIR');

export const quietOption = new Option('-q, --quiet', 'warnings only, no progress').conflicts('verbose');

export const verboseOption = new Option('-v, --verbose', 'say what happens inside').env('TARE_VERBOSE');
