/** What an image's configuration says of the start (https://github.com/opencontainers/image-spec, config.md), as engines read it. */
import { posix } from 'node:path';
import type { ImageError } from '../error.ts';
import type { SourceImageConfig } from '../payload.ts';

/**
 * @param found whatever stands under `config`; null and nothing say nothing
 * @param broken makes the error for what no engine could read
 */
export function readImageConfig(found: unknown, broken: (why: string) => ImageError): SourceImageConfig {
  const fields = objectOf(found, 'config', broken);
  const get = (name: string): unknown => fieldOf(fields, name);
  const texts = (name: string): string[] => {
    const value = get(name) ?? [];
    if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value;
    throw broken(`its ${name} is not a list of texts`);
  };
  const text = (name: string): string => {
    const value = get(name) ?? '';
    if (typeof value === 'string') return value;
    throw broken(`its ${name} is not a text`);
  };
  const names = (name: string): string[] => Object.keys(objectOf(get(name), name, broken));
  return {
    entrypoint: withoutReset(texts('Entrypoint')),
    command: withoutReset(texts('Cmd')),
    environment: Object.fromEntries(texts('Env').flatMap(nameAndValue)),
    user: text('User').trim(),
    workdir: absolute(text('WorkingDir')),
    tcpPorts: tcpPorts(names('ExposedPorts')),
    stopSignal: text('StopSignal').trim(),
    volumes: names('Volumes').map(absolute),
  };
}

function objectOf(
  value: unknown,
  name: string,
  broken: (why: string) => ImageError,
): Record<string, unknown> {
  if (value === null || value === undefined) return {};
  if (typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>;
  throw broken(`its ${name} is not an object`);
}

/** Engines are written in Go, which reads the names of fields in any case. */
function fieldOf(fields: Record<string, unknown>, name: string): unknown {
  if (name in fields) return fields[name];
  const found = Object.keys(fields).find((key) => key.toLowerCase() === name.toLowerCase());
  return found === undefined ? undefined : fields[found];
}

/** `[""]` is how one says "none" over the base image's own. */
function withoutReset(words: string[]): string[] {
  return words.length === 1 && words[0] === '' ? [] : words;
}

function nameAndValue(text: string): [string, string][] {
  const equals = text.indexOf('=');
  if (text === '' || equals === 0) return [];
  return [equals < 0 ? [text, ''] : [text.slice(0, equals), text.slice(equals + 1)]];
}

/** `80`, `80/tcp`, `9000-9001/TCP`. */
function tcpPorts(exposed: readonly string[]): number[] {
  const ports = exposed.flatMap((port) => {
    const match = /^(\d{1,5})(?:-(\d{1,5}))?(?:\/tcp)?$/i.exec(port.trim());
    if (!match) return [];
    const first = Number(match[1]);
    const last = Math.min(Number(match[2] ?? first), 65_535);
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at);
  });
  return [...new Set(ports)].filter((port) => port > 0).sort((a, b) => a - b);
}

/** Engines take a relative folder to be below the root, and know no way out of that. */
function absolute(path: string): string {
  return path === '' ? '' : posix.join('/', path).replace(/(?<=.)\/$/, '');
}
