import { describe, expect, it } from 'vitest';
import { formatPlan, planRun } from '../../../bench/run/plan.ts';
import { onlyMeasures } from '../../../scenarios/measures/measures.ts';
import { loadScenario } from '../../../scenarios/loader/load.ts';

const scenario = { ...loadScenario('tiny', { cwd: '/' }) };
scenario.measures = {
  ...scenario.measures,
  startup: { samples: 6, stopping: null, pageCache: 'warm', idleCpus: 'poll' },
  stop: { samples: 6 },
  memory: { samples: 2, settleMs: 0, load: null },
  image: null,
};

describe('the plan', () => {
  it('samples every platform once per block, after a warm-up block', () => {
    const plan = planRun(scenario, 1);
    expect(plan.blocks.map((block) => block.isWarmup)).toEqual([
      true,
      false,
      false,
      false,
      false,
      false,
      false,
    ]);
    const ids = scenario.platforms.map((platform) => platform.id).sort();
    for (const block of plan.blocks) {
      expect(block.steps.map((step) => step.platform).sort()).toEqual(ids);
    }
  });

  it('shuffles by the seed alone', () => {
    expect(planRun(scenario, 7)).toEqual(planRun(scenario, 7));
    const orders = new Set([1, 2, 3, 4, 5, 6].map((seed) => JSON.stringify(planRun(scenario, seed).blocks)));
    expect(orders.size).toBeGreaterThan(1);
  });

  it('alternates the ways to stop, and takes a measure no more often than asked', () => {
    const { blocks } = planRun(scenario, 1);
    expect(blocks.slice(1).map((block) => block.steps[0]?.stop)).toEqual([
      'graceful',
      'kill',
      'graceful',
      'kill',
      'graceful',
      'kill',
    ]);
    const memory = blocks.filter((block) => block.steps[0]?.measures.includes('memory'));
    expect(memory.map((block) => block.index)).toEqual([0, 1, 2]);
  });

  it('has no blocks when only images are weighed', () => {
    const images = {
      ...scenario,
      measures: { ...onlyMeasures(scenario.measures, () => false), image: {} },
    };
    expect(planRun(images, 1).blocks).toEqual([]);
  });

  it('is printed with every block and an estimate', () => {
    const text = formatPlan(scenario, planRun(scenario, 1));
    expect(text).toContain('block 0 (warm-up, excluded)');
    expect(text).toContain('block 6');
    expect(text).toMatch(/\d+ instances, about \d+ (s|min)/);
  });

  it('says of density in what budget, how, and for how long', () => {
    const density = loadScenario('density', { cwd: '/' });
    const text = formatPlan(density, planRun(density, 1));
    expect(text).toContain('density in 2GiB and 2 CPUs: one platform after the other, 2 more in each round');
    expect(text).toContain('at most 64 instances and 30m for each platform; what fits is held for 15s');
    expect(text).toMatch(/vm: about 8 by the limits alone\nabout \d+ min/);
  });
});
