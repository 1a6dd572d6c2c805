import { expect, it } from 'vitest';
import { loadScenario, loadScenarios } from '../../../scenarios/loader/load.ts';
import { errorLines, folderWith } from '../scenario-folder.ts';

const suite = (workloads: string, more = ''): string => `name: s
workloads: ${workloads}
platforms: [process]
${more}`;
const at = (text: string): { cwd: string } => ({ cwd: folderWith({ 's.yaml': text }) });

it('a file with several workloads is a scenario for each, which knows its suite', () => {
  const scenarios = loadScenarios('./s.yaml', at(suite('[tiny, micro-cpu]')));
  expect(scenarios.map(({ name, suite: whole, workload }) => [name, whole, workload.name])).toEqual([
    ['s-tiny', 's', 'tiny'],
    ['s-micro-cpu', 's', 'micro-cpu'],
  ]);
  // What is measured where the file does not say it depends on the workload.
  expect(scenarios.map(({ measures }) => [measures.startup !== null, measures.completion !== null])).toEqual([
    [true, false],
    [false, true],
  ]);
});

it('a file with one workload is one scenario without a suite', () => {
  const options = at('name: s\nworkload: tiny\nplatforms: [process]\n');
  expect(loadScenarios('./s.yaml', options)).toEqual([loadScenario('./s.yaml', options)]);
  expect(loadScenario('./s.yaml', options)).not.toHaveProperty('suite');
});

it.each([
  ['[]', '', 's.yaml:2:12: workloads: expected a list of at least one workload'],
  ['tiny', '', 's.yaml:2:12: workloads: expected a list of at least one workload'],
  ['[tiny, tiny]', '', 's.yaml:2:19: workloads[1]: "tiny" is named twice'],
  [
    '[tiny]',
    'workload: tiny',
    's.yaml:4:11: workload: there is a list of workloads already; expected one of the two keys',
  ],
])('workloads: %s %s is refused', (workloads, more, line) => {
  expect(errorLines(() => loadScenarios('./s.yaml', at(suite(workloads, more))))).toEqual([line]);
});

it('a mistake in one of them is placed at its own entry', () => {
  const lines = errorLines(() => loadScenarios('./s.yaml', at(suite('[tiny, tinny]'))));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain('s.yaml:2:19: workload: unknown workload "tinny"; did you mean "tiny"?');
});

it('where only one scenario can be meant, a suite is refused', () => {
  expect(errorLines(() => loadScenario('./s.yaml', at(suite('[tiny, nginx]'))))).toEqual([
    './s.yaml names several workloads; expected a scenario with one',
  ]);
});
