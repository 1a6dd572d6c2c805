import type { MeasureView } from './measure.ts';

export const portability: MeasureView = {};
