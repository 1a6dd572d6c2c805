/** Names in what is brought to nodes that share no file system; the batch script has them. */
import { copiedProgram } from '../../environment/program-copy.ts';

export const bundleFiles = {
  node: copiedProgram.node,
  tare: `${copiedProgram.package}/dist/bench/cli.js`,
  /** The scenario, resolved, and which payload it has. */
  given: 'given.json',
  /** With that payload and what is packed from it. */
  cache: 'cache',
} as const;
