/** What the harness itself took in a run, and what it saw with. */
import { idleCpusHad } from './host/idle-cpus.ts';
import { peakRssBytes } from '../environment/peak-memory.ts';
import type { RunResources } from './resources.ts';
import type { Run } from './run.ts';

export async function recordHarness(
  { journal, cpus, scenario }: Run,
  { prober }: RunResources,
): Promise<void> {
  const usage = await prober.usage();
  const { startup } = scenario.measures;
  await journal.write({
    type: 'harness',
    harness: {
      peakRssBytes: peakRssBytes(),
      proberCpuPercent: usage.ageMs > 0 ? (100 * usage.cpuMs) / usage.ageMs : null,
      tracer: prober.tracer.available
        ? 'kernel tracing gives exec and listening'
        : `no kernel tracing: ${prober.tracer.reason ?? 'unknown'}`,
      ...(startup && { idleCpus: await idleCpusHad(startup.idleCpus) }),
      cpus: cpus.description,
    },
  });
}
