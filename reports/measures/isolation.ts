import type { MeasureView } from './measure.ts';

export const isolation: MeasureView = {};
