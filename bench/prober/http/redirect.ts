/**
 * Where a redirect leads. It never leaves the instance: the name in it goes into the header `Host`, and the connection to
 * the address of the instance, on the port that the redirect names.
 */
import { shown } from '../../../runners/machine/shown.ts';
import type { Answer } from './exchange.ts';
import type { ProbeTarget } from '../prober.ts';
import { isAccepted, type Question } from '../question.ts';

export const mostRedirects = 5;

export interface Step {
  port: number;
  question: Question;
}

/**
 * @returns null where there is none to follow
 * @throws Error when it leads to what is not asked for over HTTP
 */
export function redirectOf(
  { status, location }: Answer,
  wanted: Extract<ProbeTarget['readiness'], { by: 'http' }>,
  { port, question }: Step,
  host: string,
): Step | null {
  if (wanted.redirects !== 'follow' || isAccepted(status, wanted.status)) return null;
  if (location === null || ![301, 302, 303, 307, 308].includes(status)) return null;
  const headers = withHost(question.headers);
  const authority = headers.Host ?? `${host}:${port}`;
  const base = new URL(`${question.scheme ?? 'http'}://${authority}${question.path}`);
  if (!URL.canParse(location, base.href))
    throw new Error(`it redirects to ${shown(location)}, which is not a URL`);
  const url = new URL(location, base.href);
  const isSecure = url.protocol === 'https:';
  if (!isSecure && url.protocol !== 'http:') {
    throw new Error(`it redirects to ${shown(location)}, which is not HTTP`);
  }
  const isHere = url.origin === base.origin;
  return {
    port: isHere ? port : Number(url.port) || (isSecure ? 443 : 80),
    question: {
      ...(isSecure ? { scheme: 'https' } : {}),
      path: `${url.pathname}${url.search}`,
      headers: { ...headers, Host: isHere ? authority : url.host },
    },
  };
}

/** The headers with the name `Host` in its usual case. */
function withHost(headers: Record<string, string> = {}): Record<string, string> & { Host?: string } {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase() === 'host' ? 'Host' : name, value]),
  );
}
