/** Set-up of the end-to-end tests, most of which start Tare as built. */
import { buildTare } from './tare.ts';

export async function setup(): Promise<void> {
  // The conformance suite takes the runners from their sources, and a lab that runs it cannot build.
  if (process.env['TARE_CONFORMANCE'] === undefined) await buildTare();
}
