/** What is asked of a workload over HTTP: for readiness, as load, and for what it sees of its box. */
import type { ResolvedReadiness, StatusSet } from '../../scenarios/resolved.ts';

export interface Question {
  /** Absent: http. With https any certificate will do. */
  scheme?: 'https';
  path: string;
  /** They replace the prober's own of the same name, in any case. */
  headers?: Record<string, string>;
}

/** What a load asks for, and which answers are good ones. */
export interface LoadQuestion extends Question {
  /** Absent: 2xx. */
  status?: StatusSet;
}

/** Any page of the workload, asked for in the way that its readiness is. */
export function questionOf(ready: ResolvedReadiness, path: string): Question {
  if (ready.by !== 'http') return { path };
  const { scheme, headers } = ready;
  return { path, ...(scheme === undefined ? {} : { scheme }), ...(headers === undefined ? {} : { headers }) };
}

/** Where the load asks for the page of the readiness check, what is good there is good here. */
export function loadQuestionOf(ready: ResolvedReadiness, path: string): LoadQuestion {
  const question = questionOf(ready, path);
  if (ready.by !== 'http' || ready.path !== path) return question;
  // A load does not follow redirects: the redirect itself is the answer.
  const redirects = ready.redirects === 'follow' ? (['3xx'] as const) : [];
  return { ...question, status: ['2xx', ...redirects, ...[ready.status].flat()] };
}

export function isAccepted(status: number, accepted: StatusSet = '2xx'): boolean {
  return [accepted].flat().some((each) => each === status || each === `${Math.floor(status / 100)}xx`);
}

export function statusWords(accepted: StatusSet): string {
  return [accepted].flat().join(' or ');
}
