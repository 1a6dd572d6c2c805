import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { listBuiltIn } from '../../../scenarios/loader/load.ts';
import { scenarioJsonSchema } from '../../../scenarios/schema/scenario-schema.ts';

const schema = scenarioJsonSchema();
const validate = new Ajv2020.default({ strict: true, allowUnionTypes: true }).compile(schema);
const builtIn = listBuiltIn();

const scenario = (change: Record<string, unknown>): Record<string, unknown> => ({
  name: 's',
  workload: 'tiny',
  platforms: ['process'],
  ...change,
});

describe('the JSON Schema', () => {
  it.each(builtIn.map(({ name, file }) => [name, file]))('accepts the built-in scenario %s', (_, file) => {
    expect([validate(parse(readFileSync(file, 'utf8'))), validate.errors]).toEqual([true, null]);
  });

  it.each(['jetty', 'keeper', 'nginx', 'node', 'postgresql', 'tiny', 'tomcat'])(
    'accepts the built-in workload %s, written out',
    (name) => {
      const file = join(dirname(builtIn[0]?.file ?? ''), 'workloads', `${name}.yaml`);
      const workload: unknown = parse(readFileSync(file, 'utf8'));
      expect([validate(scenario({ workload })), validate.errors]).toEqual([true, null]);
    },
  );

  it.each<[string, Record<string, unknown>]>([
    ['a misspelt key', { limts: {} }],
    ['a misspelt key inside', { limits: { memroy: '1GiB' } }],
    ['a misspelt platform', { platforms: ['proces'] }],
    ['a size without a unit', { limits: { memory: 512 } }],
    ['an option of another runner', { platforms: [{ id: 'a', runner: 'process', machine: 'q35' }] }],
    ['an unknown runner', { platforms: [{ id: 'a', runner: 'qmeu' }] }],
    ['an unknown measure', { measures: { densitiy: {} } }],
    ['a density without a budget', { measures: { density: {} } }],
    ['no samples', { measures: { startup: { samples: 0 } } }],
  ])('rejects %s', (_, change) => {
    expect(validate(scenario({}))).toBe(true);
    expect(validate(scenario(change))).toBe(false);
  });

  it('describes every field', () => {
    const undescribed: string[] = [];
    collectUndescribed(schema, '', undescribed);
    expect(undescribed).toEqual([]);
  });
});

function collectUndescribed(node: unknown, path: string, found: string[]): void {
  if (typeof node !== 'object' || node === null) return;
  for (const [key, value] of Object.entries(node)) {
    if (key === 'properties') {
      for (const [name, field] of Object.entries(value as Record<string, { description?: string }>)) {
        if (field.description === undefined) found.push(`${path}/${name}`);
      }
    }
    collectUndescribed(value, key === 'properties' ? path : `${path}/${key}`, found);
  }
}
