import { expect, it } from 'vitest';
import { withSystemFolders } from '../../../runners/machine/programs.ts';

it.each([
  ['/opt/bin:/usr/bin', '/opt/bin:/usr/bin:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/bin'],
  [':/sbin:', '/sbin:/usr/local/sbin:/usr/sbin:/usr/local/bin:/usr/bin:/bin'],
  [undefined, '/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin'],
])("puts the administrators' folders behind those of the PATH %j", (path, expected) => {
  expect(withSystemFolders(path)).toBe(expected);
});
