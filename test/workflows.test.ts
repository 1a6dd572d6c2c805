/** The workflows and templates of GitHub: they parse, and what they name is there. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '..');
const folder = join(root, '.github/workflows');
const workflows = readdirSync(folder);
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  engines: { node: string };
  scripts: Record<string, string>;
};

interface Workflow {
  on: unknown;
  permissions: unknown;
  jobs: Record<string, Job>;
}

interface Job {
  'timeout-minutes'?: number;
  strategy?: { matrix: Record<string, string[]> };
  steps: { uses?: string; run?: string; with?: Record<string, unknown> }[];
}

const read = (name: string): Workflow => parse(readFileSync(join(folder, name), 'utf8')) as Workflow;
const stepsOf = (name: string): Job['steps'] => Object.values(read(name).jobs).flatMap(({ steps }) => steps);

describe('The workflows', () => {
  it.each(workflows)('%s says what it may do, and ends by itself', (name) => {
    const { permissions, jobs, on } = read(name);
    expect(on).toBeTruthy();
    expect(permissions).toBeTruthy();
    for (const job of Object.values(jobs)) expect(job['timeout-minutes']).toBeGreaterThan(0);
  });

  it.each(workflows)('%s calls npm scripts and files that are there', (name) => {
    const text = stepsOf(name)
      .map(({ run }) => run ?? '')
      .join('\n');
    const scripts = [...text.matchAll(/\bnpm run ([\w:-]+)/g)].map(([, script = '']) => script);
    if (/\bnpm test\b/.test(text)) scripts.push('test');
    expect(scripts.filter((script) => !(script in manifest.scripts))).toEqual([]);
    const files = [...text.matchAll(/\b(?:bench|test)\/[\w./-]+\.(?:mjs|sh|ts)\b/g)].map(([file]) => file);
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
    expect(scripts.length + files.length).toBeGreaterThan(0);
  });

  it('check every version of Node that the package is for', () => {
    const { check, e2e } = read('ci.yml').jobs;
    const least = /\d+\.\d+/.exec(manifest.engines.node)?.[0];
    for (const job of [check, e2e]) expect(job?.strategy?.matrix['node']).toEqual([least, '22', '24']);
  });

  it('run what `npm run check` runs', () => {
    const [, , , ...scripts] = manifest.scripts['check']?.split(' ') ?? [];
    const parts = scripts.map((script) => `npm run ${script}`);
    const run = stepsOf('ci.yml').map((step) => step.run);
    expect(parts.length).toBeGreaterThan(3);
    expect(run).toEqual(expect.arrayContaining(parts));
  });

  it('give the action of this repository only inputs that it has', () => {
    const action = parse(readFileSync(join(root, 'action.yml'), 'utf8')) as { inputs: object };
    const used = workflows.flatMap(stepsOf).filter(({ uses }) => uses === './');
    expect(used).not.toEqual([]);
    for (const step of used)
      expect(Object.keys(step.with ?? {}).filter((name) => !(name in action.inputs))).toEqual([]);
  });

  it('weigh scenarios that are there', () => {
    const scenarios = read('weekly.yml').jobs['weigh']?.strategy?.matrix['scenario'] ?? [];
    expect(scenarios).not.toEqual([]);
    for (const name of scenarios) expect(existsSync(join(root, 'test/self', `${name}.yaml`))).toBe(true);
  });
});

describe('The templates of issues', () => {
  it.each(readdirSync(join(root, '.github/ISSUE_TEMPLATE')))('%s is YAML', (name) => {
    const text = readFileSync(join(root, '.github/ISSUE_TEMPLATE', name), 'utf8');
    expect(parse(text)).toBeTypeOf('object');
  });
});
