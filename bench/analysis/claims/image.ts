/** Claims 3 and 4: how large images are, and what one more instance takes on disk. */
import { text } from '../../record/claims/words/words.ts';
import { ranPlatforms } from '../../record/queries.ts';
import type { RunRecord } from '../../record/schema.ts';
import { isBootedVm, isContainer, isVm, runWith } from './choose.ts';
import { lookUpAll, ratioOf, sideOf, type Evidence } from './evidence.ts';
import type { Judge } from './judgement.ts';
import { atLeast, atMost, partOf } from './limits.ts';

const gibibyte = 2 ** 30;
const severalGb = atLeast(2 * gibibyte, 'bytes');
const hundredsOfMb = atMost(gibibyte, 'bytes');
const needsImage = text('need.measure', { measures: 'image' });

export const judgeImageSize: Judge = (records) => {
  const record = runWith(records, 'image.unpacked', [isVm, isContainer]);
  const of = (metric: string, condition = {}): Evidence[] =>
    record ? lookUpAll(record, (each) => isBootedVm(each) || isContainer(each), metric, condition) : [];
  const unpacked = of('image.unpacked');
  const transfer = of('image.transfer', { compression: 'gzip' });
  const vms = unpacked.filter(({ platform }) => isVm(platform));
  const containers = unpacked.filter(({ platform }) => isContainer(platform));
  return {
    parts: [
      partOf('part.3.vm', vms, severalGb, needsImage),
      partOf('part.3.container', containers, hundredsOfMb, needsImage),
    ],
    evidence: [...unpacked, ...transfer],
    figure: vms[0] ?? containers[0] ?? null,
    chart: unpacked,
    thresholds: [
      text('threshold.for', { part: text('part.3.vm'), limit: severalGb.says }),
      text('threshold.for', { part: text('part.3.container'), limit: hundredsOfMb.says }),
    ],
  };
};

/** Of what the whole image takes on disk. */
const littleShare = 0.1;
const little = atMost(littleShare, 'ratio');
const whole = atLeast(1 - littleShare, 'ratio');
const grows = atLeast(2 ** 20, 'bytes');

export const judgeLayers: Judge = (records) => {
  const record = runWith(records, 'image.marginal', [isVm, isContainer]);
  const marginal = record
    ? lookUpAll(record, (each) => isBootedVm(each) || isContainer(each), 'image.marginal')
    : [];
  const shares = record ? sharesOf(record) : [];
  const vms = marginal.filter(({ platform }) => isVm(platform));
  return {
    parts: [
      partOf(
        'part.4.container',
        shares.filter(({ platform }) => isContainer(platform)),
        little,
        needsImage,
      ),
      partOf('part.4.grows', vms, grows, needsImage),
      partOf(
        'part.4.only',
        shares.filter(({ platform }) => isVm(platform)),
        whole,
        needsImage,
      ),
    ],
    evidence: [...marginal, ...shares],
    figure: vms[0] ?? marginal[0] ?? null,
    chart: marginal,
    thresholds: [
      text('threshold.share', { part: text('part.4.container'), limit: little.says }),
      text('threshold.for', { part: text('part.4.grows'), limit: grows.says }),
      text('threshold.share', { part: text('part.4.only'), limit: whole.says }),
    ],
  };
};

/** What one more instance takes, as a share of what the unpacked image takes. */
function sharesOf(record: RunRecord): Evidence[] {
  return ranPlatforms(record).flatMap((platform) => {
    if (!isBootedVm(platform) && !isContainer(platform)) return [];
    const more = sideOf(record, platform, 'image.marginal');
    const image = sideOf(record, platform, 'image.allocated') ?? sideOf(record, platform, 'image.unpacked');
    const share = more && image ? ratioOf(more, image) : null;
    return share ? [{ ...share, condition: { of: 'image' } }] : [];
  });
}
