import type { MeasureView } from './measure.ts';

export const persistence: MeasureView = {};
