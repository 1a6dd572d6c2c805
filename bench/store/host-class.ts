/** The class of a machine: runs of one class may be compared, and each class has a reference file of its own. */
import type { RunRecord } from '../record/schema.ts';
import { scenarioName } from './reference.ts';

/**
 * The kernel is not part of it: machines are updated, and a check then says that the reference is of another kernel,
 * instead of finding none. A lab with virtual time is a class of its own.
 */
export function hostClass({ host, lab }: Pick<RunRecord, 'host' | 'lab'>): string {
  const machine = `${slug(host.cpuModel)}-${host.cpus}cpu-${slug(host.virtualization)}`;
  return lab?.clock === 'virtual' ? `${machine}-virtual-time` : machine;
}

/** `tomcat.intel-xeon-2.60ghz-2cpu-kvm.json`. */
export function referenceFileName(record: RunRecord): string {
  return `${slug(scenarioName(record))}.${hostClass(record)}.json`;
}

/** Marks such as `(R)` say nothing about the processor. */
function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/\((r|tm|c)\)|processor|\bcpu\b/g, ' ')
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 60);
}
