/** Names of container images, as skopeo and podman write them: a transport, and what that transport calls the image. */
import { resolve } from 'node:path';
import { didYouMean } from './suggest.ts';

export interface ImageReference {
  /** With its transport, paths absolute, without a digest. */
  image: string;
  /** `sha256:…` that the image is pinned to; null: none. */
  digest: string | null;
  /** File or folder that must exist on this machine; null: the image lies elsewhere. */
  path: string | null;
}

const atPaths = ['oci', 'oci-archive', 'docker-archive'];
const inStores = ['docker-daemon', 'containers-storage'];
const transports = ['docker', ...atPaths, ...inStores];

const host = '(?:[a-zA-Z0-9.-]+(?::[0-9]+)?/)?';
const repository = '[a-z0-9]+(?:(?:[._/]|__|-+)[a-z0-9]+)*';
const tag = '(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?';
const named = new RegExp(`^(${host}${repository}${tag})(?:@(sha256:[0-9a-f]{64}))?$`);

/**
 * @param folder that relative paths are relative to
 * @returns what is wrong and what would be right, where the text names no image
 */
export function parseImage(text: string, folder: string): ImageReference | { message: string } {
  const full = withTransport(text);
  const transport = full.slice(0, full.indexOf(':'));
  const rest = full.slice(transport.length + 1);
  if (!transports.includes(transport)) {
    return {
      message: `unknown kind of image ${JSON.stringify(`${transport}:`)}${didYouMean(transport, transports)}`,
    };
  }
  if (atPaths.includes(transport)) return atPath(transport, rest, folder);
  if (transport === 'docker-daemon' && /^sha256:[0-9a-f]{64}$/.test(rest)) {
    return { image: `docker-daemon:${rest}`, digest: null, path: null };
  }
  const match = named.exec(transport === 'docker' ? rest.replace(/^\/\//, '') : rest);
  if (match?.[1] === undefined) {
    return {
      message: `${JSON.stringify(text)} names no image; expected for instance docker://registry.example.org/team/shop:1.2, oci:./layout:name or docker-daemon:shop:1.2`,
    };
  }
  const prefix = transport === 'docker' ? 'docker://' : `${transport}:`;
  return { image: `${prefix}${match[1]}`, digest: match[2] ?? null, path: null };
}

/** A name without a transport is one of a registry; its colon, if any, belongs to a port or a tag. */
function withTransport(text: string): string {
  const first = /^([a-z-]+):/.exec(text)?.[1];
  const isTransport = first !== undefined && (transports.includes(first) || text.startsWith(`${first}://`));
  return isTransport ? text : `docker://${text}`;
}

function atPath(transport: string, rest: string, folder: string): ImageReference | { message: string } {
  const [path = '', ...name] = rest.split(':');
  if (path === '')
    return { message: `no path stands after "${transport}:"; expected for instance ${transport}:./image` };
  const absolute = resolve(folder, path);
  return { image: [`${transport}:${absolute}`, ...name].join(':'), digest: null, path: absolute };
}
