/**
 * Carries out the steps of a workflow and of a composite action as GitHub's runner does: expressions replaced, bash with the runner's
 * flags, the files by which a step hands on outputs. Steps that use the actions of others (actions/checkout, setup-node,
 * cache, upload-artifact) are not carried out.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { run } from '../../runners/machine/command.ts';

interface Step {
  id?: string;
  if?: string;
  uses?: string;
  run?: string;
  env?: Record<string, string>;
  /** YAML reads `true` and `12` as what they are. */
  with?: Record<string, string | number | boolean>;
}

interface Action {
  inputs: Record<string, { default?: string }>;
  runs: { using: string; steps: Step[] };
}

export interface Workflow {
  jobs: Record<string, { steps: Step[] }>;
}

export interface Job {
  /** The repository that is checked out. */
  workspace: string;
  /** Folder of the action, as the runner would have fetched it. */
  action: string;
  /** Empty, and the job's own. */
  temp: string;
  /** What the person gave who started the workflow. */
  inputs: Record<string, string>;
  env: Record<string, string>;
}

export interface JobResult {
  /** Exit code of the first step that failed. */
  code: number;
  /** What all steps printed. */
  log: string;
  /** Markdown of all steps. */
  summary: string;
  /** Actions of others, with what they were given. */
  used: { uses: string; with: Record<string, string> }[];
}

/** Values by their name in an expression, `steps.key.outputs.key` for instance. */
type Values = Record<string, string>;

/** The only job of the workflow. */
export async function runJob(workflow: Workflow, job: Job): Promise<JobResult> {
  const result: JobResult = { code: 0, log: '', summary: '', used: [] };
  const [steps = []] = Object.values(workflow.jobs).map((each) => each.steps);
  await runSteps(steps, prefixed('inputs.', job.inputs), job, result);
  return result;
}

async function runSteps(steps: readonly Step[], given: Values, job: Job, result: JobResult): Promise<void> {
  const about = {
    'runner.os': 'Linux',
    'runner.arch': 'X64',
    'github.run_id': '7',
    'github.run_attempt': '1',
  };
  const values: Values = { ...given, ...about, 'runner.temp': job.temp };
  for (const step of steps) {
    if (!isDue(step, values, result.code !== 0)) continue;
    const withs = replaced(step.with, values);
    if (step.run !== undefined) Object.assign(values, await runStep(step, values, job, result));
    else if (step.uses?.includes('/tare@')) await runAction(withs, job, result);
    else result.used.push({ uses: step.uses ?? '', with: withs });
  }
}

async function runAction(withs: Values, job: Job, result: JobResult): Promise<void> {
  const action = parse(await readFile(join(job.action, 'action.yml'), 'utf8')) as Action;
  const defaults = Object.entries(action.inputs).map(([name, input]) => [name, input.default ?? '']);
  const unknown = Object.keys(withs).filter((name) => !(name in action.inputs));
  if (unknown.length > 0) throw new Error(`the action has no input ${unknown.join(', ')}`);
  const inputs = { ...(Object.fromEntries(defaults) as Values), ...withs };
  await runSteps(action.runs.steps, prefixed('inputs.', inputs), job, result);
}

/** @returns the step's outputs */
async function runStep(step: Step, values: Values, job: Job, result: JobResult): Promise<Values> {
  const files = join(job.temp, '_runner_file_commands');
  await mkdir(files, { recursive: true });
  const [script, output, summary] = ['script', 'output', 'summary'].map((name) => join(files, name)) as [
    string,
    string,
    string,
  ];
  await Promise.all([
    writeFile(script, replace(step.run ?? '', values)),
    writeFile(output, ''),
    writeFile(summary, ''),
  ]);
  const { code, stdout, stderr } = await run('bash', ['--noprofile', '--norc', '-eo', 'pipefail', script], {
    cwd: job.workspace,
    env: {
      ...job.env,
      GITHUB_ACTIONS: 'true',
      GITHUB_ACTION_PATH: job.action,
      GITHUB_OUTPUT: output,
      GITHUB_STEP_SUMMARY: summary,
      GITHUB_WORKSPACE: job.workspace,
      RUNNER_TEMP: job.temp,
      CI: 'true',
      ...replaced(step.env, values),
    },
    accept: Array.from({ length: 256 }, (_, each) => each),
  });
  result.log += `${stdout}\n${stderr}\n`;
  result.summary += await readFile(summary, 'utf8');
  if (result.code === 0) result.code = code;
  const lines = (await readFile(output, 'utf8')).split('\n').filter(Boolean);
  const outputs = Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2))) as Values;
  return prefixed(`steps.${step.id ?? ''}.outputs.`, outputs);
}

/** Terms joined by `&&`: `always()`, or a value that equals a word in quotes. */
function isDue({ if: condition = '' }: Step, values: Values, hasFailed: boolean): boolean {
  const terms = condition.split('&&').map((term) => term.trim());
  if (hasFailed && !terms.includes('always()')) return false;
  return terms.every((term) => {
    if (term === '' || term === 'always()') return true;
    const [, name = '', wanted] = /^([\w.-]+) == '([^']*)'$/.exec(term) ?? [];
    if (wanted === undefined) throw new Error(`this test does not know the condition ${term}`);
    return values[name] === wanted;
  });
}

function replaced(texts: Record<string, string | number | boolean> = {}, values: Values): Values {
  return Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, replace(String(text), values)]));
}

/** A name that has no value is empty, as in GitHub's expressions. */
function replace(text: string, values: Values): string {
  return text.replace(/\$\{\{ ([^}]+) \}\}/g, (_, name: string) => {
    if (!/^(inputs|steps|runner|github)\.[\w.-]+$/.test(name))
      throw new Error(`this test does not know ${name}`);
    return values[name] ?? '';
  });
}

function prefixed(prefix: string, values: Values): Values {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [`${prefix}${key}`, value]));
}
