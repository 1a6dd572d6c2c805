/** What `tare import` refuses, with the place and what would be right. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importFixture, type Imports, openImports } from '../../../../support/imports.ts';

let imports: Imports;
beforeAll(async () => {
  imports = await openImports();
});
afterAll(() => imports.remove());

describe('what tare import refuses', () => {
  const refuses = async (attempt: Promise<unknown>, ...messages: RegExp[]): Promise<void> => {
    const error = await attempt.then(
      () => new Error('it was taken'),
      (reason: unknown) => reason as Error,
    );
    for (const message of messages) expect(error.message).toMatch(message);
    expect(['ScenarioError', 'TareError']).toContain(error.name);
  };

  it.each<[string, ...RegExp[]]>([
    ['', /^given\.csv:1:1: the file is empty; expected a line with platform, metric, value/],
    ['platform,metric,value\n', /^given\.csv:1:1: there is no row/],
    [
      'platform;metric;value\n1;2;3',
      /^given\.csv:1:1: columns are separated by semicolons; expected commas, and points in numbers/,
    ],
    [
      'platform,metrics,value\na,b.c,1',
      /^given\.csv:1:10: unknown column "metrics"; did you mean "metric"/,
      /1:1: missing column: metric$/m,
    ],
    ['platform,metric,value,value\na,b.c,1,1', /^given\.csv:1:23: duplicate column value; keep one of them/],
    ['platform,metric,value\nvm,startup.ready\n', /^given\.csv:2:1: 2 cells in this row; expected 3/],
    [
      'platform,metric,value\n,startup,1\n',
      /^given\.csv:2:1: platform is empty/,
      /2:2: the metric "startup" needs/,
    ],
    [
      'platform,metric,value\nvm,stop.kill,12 ms\nvm,stop.kill,\n',
      /^given\.csv:2:14: value: expected a number such as 12\.5, found "12 ms"; the unit goes into a column of its own\ngiven\.csv:3:14: .*found ""/,
    ],
    [
      'platform,metric,value\nvm,stop.kill,1e999\n',
      /^given\.csv:2:14: value: 1e999 is too large; expected at most 1e\+100 ms$/,
    ],
    ['platform,metric,value,unit\nvm,a.b,1e99,s\n', /^given\.csv:2:8: value: 1e99 is too large/],
    [
      'platform,metric,value,unit\nvm,a.b,1e-320,ns\n',
      /^given\.csv:2:8: value: 1e-320 is too small to be told from 0 ms$/,
    ],
    [
      'platform,metric,value,unit\nvm,a.b,-1,ms\n',
      /^given\.csv:2:8: value: -1 is negative; expected a time of 0 or more$/,
    ],
    [
      'platform,metric,value,unit\nvm,a.b,"1,5",ms\nvm,a.b,1,5,ms\nvm,a.b,1 234.5,ms\n',
      /^given\.csv:2:8: value: .* found "1,5"; write the decimal sign as a point/,
      /^given\.csv:3:1: 5 cells in this row; expected 4: .*; a value with a comma in it needs a point/m,
      /^given\.csv:4:8: .* found "1 234\.5"; leave out separators of thousands$/m,
    ],
    [
      'platform,metric,value\ndocker,image.pull,1.8\n',
      /^given\.csv:2:8: the unit of image\.pull is not known; add a column "unit" with one of ns, us, ms, s, bytes/,
    ],
    [
      'platform,metric,value,unit\nvm,density.node,1,\n',
      /^given\.csv:2:19: the unit of density\.node is not known; expected one of ns/,
    ],
    ['sep=,\nplatform,metric,value\n', /^given\.csv:1:1: this line is for Excel alone/],
    ['platform\tmetric\tvalue\n', /^given\.csv:1:1: columns are separated by tabs/],
    ['platform,metric,value,\nvm,stop.kill,1,\n', /^given\.csv:1:23: column 4 has no name; remove it/],
    ['platform,metric,value\n"v"m,stop.kill,1\n', /^given\.csv:2:4: text follows the closing quote/],
    [
      'platform,metric,value,block\nvm,stop.kill,1,\n',
      /found ""; number every row, or leave the column out$/,
    ],
    [
      'platform,metric,value,unit\n"v\nm",a.b,1,msec\n',
      /^given\.csv:3:10: unknown unit "msec"; did you mean "ms"|^given\.csv:3:10: unknown unit "msec"/,
    ],
    [
      'platform,metric,value,block\nvm,stop.kill,1,0\nvm,stop.kill,1,x',
      /^given\.csv:2:16: block: expected a whole number from 1 on, found "0"\ngiven\.csv:3:16/,
    ],
    [
      'platform,metric,value,better\nvm,stop.kill,1,more',
      /^given\.csv:2:16: better: expected lower or higher, found "more"/,
    ],
    [
      'platform,metric,value,unit\nvm,a.b,1,ms\nvm,a.b,1,bytes',
      /^given\.csv:3:10: a\.b of vm has two kinds of unit: bytes here, ms in line 2$/,
    ],
    [
      'platform,metric,value,better\nvm,stop.kill,1,lower\nvm,stop.kill,1,higher',
      /^given\.csv:3:16: stop\.kill of vm has two directions: higher here, lower in line 2$/,
    ],
    [
      'platform,metric,value,block\nvm,stop.kill,1,2\nvm,stop.kill,1,2',
      /^given\.csv:3:16: duplicate row: block 2 of stop\.kill of vm is in line 2 already$/,
    ],
    ['platform,metric,value\n"vm,a.b,1\n', /^given\.csv:2:1: this quote is never closed/],
    [
      `platform,metric,value\n${'vm,a.b,x\n'.repeat(30)}`,
      /^given\.csv:2:4: the unit.*\ngiven\.csv:2:8/,
      /\nand 11 more$/,
    ],
  ])('%j', async (text, ...messages) => {
    await refuses(imports.importText(text), ...messages);
  });

  it('a file that is not there, is a folder or is no text, and a folder that is in use', async () => {
    await refuses(imports.imported('nowhere.csv'), /^nowhere\.csv: there is no such file/);
    await refuses(imports.imported('.'), /^\.: it is a folder/);
    await writeFile(join(imports.folder, 'binary.csv'), Buffer.from([0xff, 0xfe, 0x00]));
    await refuses(imports.imported('binary.csv'), /^binary\.csv: it is not text in UTF-8/);
    await refuses(
      imports.imported(importFixture('new.csv'), { out: '.' }),
      /is not empty; choose another --out/,
    );
  });

  it.each<[string, RegExp]>([
    [
      'gates: [{ metric: encode.tiem, platform: json, max: 1 }]',
      /^gates\.yaml:1:19: .*unknown metric "encode\.tiem"; did you mean "encode\.time"/,
    ],
    [
      'gates: [{ metric: encode.time, platform: jsno, max: 1 }]',
      /^gates\.yaml:1:42: .*unknown platform "jsno"; did you mean "json"/,
    ],
    ['gates: [{ metric: encode.time, platform: json, max: 1MiB }]', /expected milliseconds or/],
    ['gates: [{ metric: encode.time, platform: json }]', /could never fail/],
    ['gate: []', /gate/],
  ])('gates that are a mistake: %j', async (text, message) => {
    await refuses(
      imports.imported(importFixture('new.csv'), { gates: await imports.gatesFile(text) }),
      message,
    );
  });
});
