/** The same world in every box: one workload that reports what it found, and one test for each row and platform. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fairnessCodes } from '../../../bench/analysis/fairness/codes.ts';
import type { Instance } from '../../../runners/runner.ts';
import { boxCases } from '../../support/platforms/box-cases.ts';
import { parseReport, variants } from '../../support/platforms/box-probe.ts';
import { rows, type RowName, type Seen } from '../../support/platforms/box-rows.ts';
import {
  openConformanceStage,
  type ConformanceStage,
  type PlatformStage,
} from '../../support/platforms/conformance-stage.ts';

let stage: ConformanceStage;
beforeAll(async () => {
  stage = await openConformanceStage();
});
afterAll(() => stage.close());

describe.each(await boxCases())('$name', (platform) => {
  const places: PlatformStage[] = [];
  const instances: Instance[] = [];
  const seen: Partial<Record<keyof typeof variants, Seen>> = {};

  beforeAll(async () => {
    for (const [name, variant] of Object.entries(variants) as [
      keyof typeof variants,
      (typeof variants)['plain' | 'odd'],
    ][]) {
      const folder = join(stage.folder, `${platform.name}-${name}`);
      await mkdir(folder);
      const payload = await variant.payload(join(folder, 'payload'));
      const place = stage.platform({ ...platform, name: `${platform.name}-${name}` }, payload);
      places.push(place);
      const instance = await place.create(variant.launch);
      instances.push(instance);
      await place.startServing(instance);
      const report = parseReport(await stage.get(instance, '/report'));
      const { memoryBytes } = platform.limits;
      seen[name] = { report, instance, sharesKernel: platform.seenAs === 'httpd', memoryBytes };
    }
  });
  afterAll(async () => {
    for (const instance of instances) await instance.dispose();
    for (const place of places) await place.dispose();
  });

  const rowNames = Object.keys(rows) as RowName[];
  it.each(
    rowNames.filter((name) => !(name in platform.differs)).map((name) => [rows[name].title, name] as const),
  )('%s', async (_, name) => {
    const { plain, odd } = seen;
    if (!plain || !odd) throw new Error('it did not start');
    await rows[name].check({ plain, odd });
  });

  it('tells users where it differs', () => {
    for (const code of Object.values(platform.differs)) expect(Object.keys(fairnessCodes)).toContain(code);
  });
});
