import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadScenario } from '../../scenarios/loader/load.ts';
import { folderWith } from './scenario-folder.ts';

const docs = join(import.meta.dirname, '..', '..', 'docs');

/** The indented blocks of a page, without their indentation. */
function blocks(page: string): string[] {
  const text = readFileSync(join(docs, page), 'utf8');
  return [...text.matchAll(/(?<=\n\n)(?: {4}.*\n+)+/g)].map(([block]) => block.replaceAll(/^ {4}/gm, ''));
}

const [hello = '', rest = ''] = (blocks('workloads.md')[0] ?? '').split('\n# scenario.yaml\n');

it('the example of docs/workloads.md is a workload of about ten lines', () => {
  const [scenario = ''] = rest.split('\ntare run');
  const cwd = folderWith({ 'hello.yaml': hello, 'scenario.yaml': scenario, 'site/index.html': 'hello' });
  const { workload, platforms } = loadScenario('./scenario.yaml', { cwd });
  expect(workload.name).toBe('hello');
  expect(platforms.map((platform) => platform.id)).toEqual(['process', 'runc', 'vm']);
  expect(hello.trim().split('\n').length).toBeLessThanOrEqual(11);
});

it('the example of docs/scenarios.md is a scenario', () => {
  const [example = ''] = blocks('scenarios.md');
  const cwd = folderWith({ 'shop.yaml': example, 'shop-workload.yaml': hello, 'site/index.html': 'hello' });
  const scenario = loadScenario('./shop.yaml', { cwd });
  expect(scenario.name).toBe('shop');
  expect(scenario.gates.map((gate) => gate.id)).toEqual(['startup.ready runc/process']);
});

it('the example of docs/ci.md is a scenario with gates', () => {
  const page = readFileSync(join(docs, 'ci.md'), 'utf8');
  const [, example = ''] = /`weight\.yaml`[^]*?```yaml\n([^]*?)```/.exec(page) ?? [];
  const cwd = folderWith({
    'weight.yaml': example,
    'app/workload.yaml': hello,
    'app/site/index.html': 'hello',
  });
  const { gates } = loadScenario('./weight.yaml', { cwd });
  expect(gates.map(({ id }) => id)).toHaveLength(3);
  expect(gates.every(({ worseBy }) => worseBy !== null)).toBe(true);
});
