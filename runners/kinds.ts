/** Words the runners share with the record. */
export const kinds = ['process', 'container', 'vm'] as const;
export type Kind = (typeof kinds)[number];

/** What drives a VM's processor; `none` for everything that is not a VM. */
export const accels = ['kvm', 'tcg', 'none'] as const;
export type Accel = (typeof accels)[number];

/** What is done to an instance to see whether it comes back, and by what. */
export const faults = ['kill', 'oom', 'box', 'panic', 'hang'] as const;
export type Fault = (typeof faults)[number];

/** Why an instance gave no sample. Each is told apart, since each has another remedy. */
export const failureCodes = [
  'start-failed',
  'exited',
  'not-listening',
  'not-ready',
  'bad-answer',
  'wrong-status',
  'not-ended',
  'out-of-memory',
  'guest-panic',
  'boot-hang',
  'vmm-died',
  'engine-died',
  'shim-died',
  'stop-failed',
  'measure-failed',
  'impossible-value',
  'prepare-failed',
] as const;
export type FailureCode = (typeof failureCodes)[number];
