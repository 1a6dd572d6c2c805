/** What each host of a class says of a figure, as one number: a logarithm where the figure is positive everywhere. */
import type { figureKey } from '../../record/figure-key.ts';
import type { FleetFigure, FleetRecord } from '../../record/fleet.ts';
import { sameCondition } from '../../record/queries.ts';

/** What tells a figure from all others, with what a reader must know of its metric. */
export type FigureKey = Pick<FleetFigure, keyof typeof figureKey>;

/** Nothing else of what is handed in; what it lacks is absent. */
export function figureKeyOf(figure: FigureKey): FigureKey {
  const { platform, metric, lens, title, isExact, condition, unit, better } = figure;
  return {
    platform,
    metric,
    ...(lens === undefined ? {} : { lens }),
    ...(title === undefined ? {} : { title }),
    ...(isExact && { isExact }),
    condition,
    unit,
    better,
  };
}

export interface HostValues {
  /** By the host's name. */
  values: Map<string, number>;
  isLog: boolean;
}

/** @param base of the same fleet: the figure is its ratio to it, within each host */
export function hostValues(fleet: FleetRecord, figure: FleetFigure, base: FleetFigure | null): HostValues {
  const isLog = base !== null || figure.value.spread === 'share';
  const bases = new Map(base?.hosts.map(({ host, median }) => [host, median]));
  const values = new Map<string, number>();
  for (const { host, median } of figure.hosts) {
    const name = fleet.hosts[host]?.name ?? '';
    const under = base === null ? 1 : bases.get(host);
    if (under === undefined || (isLog && !(median > 0 && under > 0))) continue;
    values.set(name, isLog ? Math.log(median / under) : median);
  }
  return { values, isLog };
}

/** Whether two figures are of one metric, lens and condition on one platform. */
export function isSameFleetFigure(
  a: Pick<FleetFigure, 'platform' | 'metric' | 'lens' | 'condition' | 'unit'>,
  b: Pick<FleetFigure, 'platform' | 'metric' | 'lens' | 'condition' | 'unit'>,
): boolean {
  return (
    a.platform === b.platform &&
    a.metric === b.metric &&
    a.lens === b.lens &&
    a.unit === b.unit &&
    sameCondition(a.condition, b.condition)
  );
}

/** The same figure of another platform, in the same class. */
export function onPlatform(
  { figures }: Pick<FleetRecord, 'figures'>,
  figure: FleetFigure,
  platform: string,
): FleetFigure | undefined {
  return figures.find(
    (each) => each.class === figure.class && isSameFleetFigure(each, { ...figure, platform }),
  );
}
