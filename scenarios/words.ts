/** The words a scenario file may use. Each list drives the types, the schema, the help and the messages. */

export const runnerNames = ['process', 'oci', 'qemu'] as const;
export type RunnerName = (typeof runnerNames)[number];

export const measureNames = ['startup', 'stop', 'memory', 'image'] as const;
export type MeasureName = (typeof measureNames)[number];

export const pageCacheStates = ['warm', 'cold'] as const;
export type PageCacheState = (typeof pageCacheStates)[number];

export const machineTypes = ['q35', 'pc', 'microvm'] as const;
export type MachineType = (typeof machineTypes)[number];

export const accelChoices = ['auto', 'kvm', 'tcg'] as const;
export type AccelChoice = (typeof accelChoices)[number];

export const gateLevels = ['off', 'warn', 'error'] as const;
export type GateLevel = (typeof gateLevels)[number];
