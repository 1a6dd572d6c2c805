import { expect, it } from 'vitest';
import { comparedDetailsOf } from '../../../../bench/record/compared-details.ts';
import { recordPrepared } from '../../../../bench/run/prepare/platforms.ts';
import { plainFacts, type ComparedFacts, type MachineFacts } from '../../../../runners/platform-facts.ts';
import type { PreparedPlatform } from '../../../../runners/runner.ts';
import { loadScenario } from '../../../../scenarios/loader/load.ts';
import { fakePlatform } from '../../../support/fake-runner.ts';

const [platform] = loadScenario('tiny', { cwd: '/' }).platforms;

function record(compared: Partial<ComparedFacts>): ReturnType<typeof recordPrepared> {
  if (!platform) throw new Error('the scenario has no platform');
  const { prepared } = fakePlatform();
  const facts = { ...prepared.facts, compared: { ...plainFacts, ...compared }, details: { label: 'mine' } };
  const changed: PreparedPlatform = { ...prepared, facts };
  return recordPrepared(platform, changed, 'sha256:payload', { cpuset: '1', sharesHarnessCpu: false });
}

it('keeps among the details what a runner says for comparisons, and leaves out what is as usual', () => {
  const recorded = record({ seccomp: 'a filter' });
  expect(recorded.details).toEqual({
    root: 'overlayfs over the payload',
    seccomp: 'a filter',
    label: 'mine',
    cpuset: '1',
    sharesHarnessCpu: false,
  });
  expect(comparedDetailsOf(recorded)).toMatchObject({ root: 'overlayfs over the payload', cpuset: '1' });
  expect(recorded).not.toHaveProperty('compared');
});

it('keeps what a machine is made of, and takes the digest of a disk of its own for the payload’s', () => {
  const machine: MachineFacts = {
    start: 'boot',
    diskCache: 'none',
    hugePages: true,
    mergeable: false,
    vhostNet: false,
    ownDisk: 'sha256:disk',
  };
  const recorded = record({ root: null, machine });
  expect(comparedDetailsOf(recorded)).toEqual({ ...machine, cpuset: '1', sharesHarnessCpu: false });
  expect(recorded.payloadDigest).toBe('sha256:disk');
});
