/** What the client and the resident prober say to each other over their channel. Plain JSON. */
import type { Question } from './question.ts';
import type {
  ClosedLoopOptions,
  LoadAllOptions,
  LoadOptions,
  ObserveOptions,
  ProbeTarget,
  ProgramTarget,
} from './prober.ts';

export type Request = { id: number } & (
  | { kind: 'watch'; target: ProbeTarget; timeoutMs: number }
  | { kind: 'follow'; target: ProgramTarget }
  | { kind: 'get'; target: { host: string; port: number } & Question; timeoutMs: number }
  | { kind: 'load'; options: LoadOptions }
  | { kind: 'saturate'; options: ClosedLoopOptions }
  | { kind: 'load-all'; options: LoadAllOptions }
  | { kind: 'observe'; options: ObserveOptions }
  | { kind: 'echo'; target: { host: string; port: number } }
  | { kind: 'round-trips'; target: { host: string; port: number; count: number } }
  | { kind: 'usage' }
  /** Ends the watch or load of that id, or asks for what was seen of the program or the server that it follows. */
  | { kind: 'cancel' }
  | { kind: 'close' }
);

export type Reply =
  /** Once, first of all. */
  | { kind: 'hello'; tracer: { available: boolean; reason: string | null } }
  /** The watch of that id has begun, or its program or server is followed. */
  | { kind: 'armed'; id: number }
  /** What the watch of that id has found out about why the instance is not ready. */
  | { kind: 'hint'; id: number; text: string }
  | { kind: 'result'; id: number; value: unknown }
  | { kind: 'error'; id: number; message: string };

type WithoutId<T> = T extends Request ? Omit<T, 'id'> : never;
/** A request before it gets its id. */
export type Unnumbered = WithoutId<Request>;
