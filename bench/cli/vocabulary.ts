/** Words of the command line that drive help, validation and completion alike. */

export const listSubjects = ['platforms', 'scenarios', 'runs', 'reporters'] as const;
export type ListSubject = (typeof listSubjects)[number];

export const schemaSubjects = ['scenario', 'record', 'comparison', 'history'] as const;
export type SchemaSubject = (typeof schemaSubjects)[number];

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** What can be done with a lab. */
export const labActions = ['run', 'shell', 'build', 'clean'] as const;
export type LabAction = (typeof labActions)[number];
