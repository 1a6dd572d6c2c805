/** Names by which `--columns` asks for the columns of the headline, in their usual order. Imports nothing: the command line needs them early. */
export const columnNames = [
  'ready',
  'work',
  'ratio',
  'interval',
  'memory',
  'image',
  'stop',
  'throughput',
  'burst',
  'neighbor',
  'persistence',
  'drift',
  'recovery',
] as const;

/** Imported figures are numbered. */
export type ColumnName = (typeof columnNames)[number] | `figure${number}`;

export function isColumnName(name: string): name is ColumnName {
  return columnNames.some((each) => each === name) || /^figure[1-9]\d*$/.test(name);
}
