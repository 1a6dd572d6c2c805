import { expect, test } from 'vitest';
import { locationKey, parseAttributes } from '../../../runners/images/xattrs.ts';

test("reads getfattr's dump: sorted, unescaped, without labels of the machine", () => {
  const dump = [
    '# file: /r/a b',
    'user.z=0x01',
    'security.capability=0x02',
    '',
    '# file: /r/new\\012line\\134\\075',
    'user.a=0x',
    '',
    '# file: /r/labelled',
    'security.selinux=0x03',
    '',
  ].join('\n');
  expect([...parseAttributes(dump)]).toEqual([
    ['/r/a b', ['security.capability=0x02', 'user.z=0x01']],
    ['/r/new\nline\\=', ['user.a=0x']],
  ]);
});

test('a name in UTF-8 has the key of its bytes', () => {
  const attributes = parseAttributes('# file: /r/grüße\nuser.a=0x01\n');
  expect(attributes.has(locationKey(Buffer.from('/r/grüße')))).toBe(true);
});
