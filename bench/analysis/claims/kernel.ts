/** Claim 13: whose kernel the program sees. */
import { text, type Text } from '../../record/claims/words/words.ts';
import { ranPlatforms } from '../../record/queries.ts';
import type { RecordedPlatform, RunRecord } from '../../record/schema.ts';
import { isContainer, isVm, runWith, type IsChosen } from './choose.ts';
import { lookUpAll, type Evidence } from './evidence.ts';
import type { Fact, Judge, Part } from './judgement.ts';
import { unmeasured } from './limits.ts';

const needs = text('need.13');

export const judgeKernel: Judge = (records) => {
  const seen = (isChosen: IsChosen): Seen[] => {
    const record = records.find((each) => seenIn(each, isChosen).length > 0);
    return record ? seenIn(record, isChosen) : [];
  };
  const [vms, containers] = [seen(isVm), seen(isContainer)];
  const facts = [...vms, ...containers].map(factOf);
  return {
    parts: [vmPart(vms), containerPart(containers)],
    evidence: isolationOf(records),
    facts,
    figure: facts[0] ?? null,
    chart: [],
    thresholds: [text('threshold.13')],
  };
};

const isolationMetrics = ['capabilities', 'namespaces', 'noNewPrivileges', 'seccomp', 'devices'];

/** What else stands between the workload and the host; it is shown, and no verdict follows from it. */
function isolationOf(records: readonly RunRecord[]): Evidence[] {
  const record = runWith(records, 'isolation.namespaces', [isVm, isContainer]);
  if (!record) return [];
  return isolationMetrics.flatMap((name) => lookUpAll(record, () => true, `isolation.${name}`));
}

interface Seen {
  record: RunRecord;
  platform: RecordedPlatform;
  kernel: string;
  host: string;
}

function seenIn(record: RunRecord, isChosen: IsChosen): Seen[] {
  return ranPlatforms(record).flatMap((platform) => {
    const kernel = platform.inside?.['kernel'];
    return kernel === undefined || !isChosen(platform)
      ? []
      : [{ record, platform, kernel, host: record.host.kernel }];
  });
}

function factOf({ record, platform, kernel }: Seen): Fact {
  return { record, platform, metric: 'inside.kernel', text: kernel };
}

function vmPart(seen: readonly Seen[]): Part {
  const name = 'part.13.vm';
  if (seen.length === 0) return unmeasured(name, text('because.absent'), needs);
  const own = seen.filter(({ kernel, host }) => kernel !== host);
  const same = seen.filter(({ kernel, host }) => kernel === host);
  if (own.length === 0) {
    return unmeasured(name, text('because.13.same', { values: valuesOf(same) }), text('need.13.boot'));
  }
  const because = text('because.13.own', { values: valuesOf(own), host: own[0]?.host ?? '' });
  const verdict = same.length === 0 ? 'holds' : 'holds in part';
  return { name: text(name), verdict, because, needs: null };
}

function containerPart(seen: readonly Seen[]): Part {
  const name = 'part.13.container';
  if (seen.length === 0) return unmeasured(name, text('because.absent'), needs);
  const yes = seen.filter(({ kernel, host }) => kernel === host);
  const no = seen.filter(({ kernel, host }) => kernel !== host);
  const part = (verdict: Part['verdict'], because: Text): Part => ({
    ...{ name: text(name), verdict, because, needs: null },
  });
  if (no.length === 0) return part('holds', text('because.13.host', { values: valuesOf(yes) }));
  if (yes.length === 0) {
    const values = { values: valuesOf(no), host: no[0]?.host ?? '' };
    return part('does not hold', text('because.13.own', values));
  }
  return part('holds in part', text('because.13.some', { yes: valuesOf(yes), no: valuesOf(no) }));
}

function valuesOf(seen: readonly Seen[]): string[] {
  return seen.map(({ platform, kernel }) => `${platform.id} ${kernel}`);
}
