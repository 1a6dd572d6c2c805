/** What a registry, a store or skopeo said, in words for a person: each cause has another remedy. */
import { CommandError } from '../../machine/command.ts';
import { ImageError, isDiskFull, missingProgram } from '../error.ts';
import type { OciSource } from './source.ts';

interface Cause {
  says: RegExp;
  problem: (name: string, registry: string) => string;
  remedy: string;
}

/** The first that fits counts: what is more exact stands further up. */
const causes: readonly Cause[] = [
  {
    says: /digest did not match|does not match (?:expected )?digest|digest mismatch|size mismatch|doesn't match config/i,
    problem: (name, registry) => `${registry} sent something else than ${name} says of itself`,
    remedy: 'Push the image again; it was damaged there or on the way.',
  },
  {
    says: /server gave HTTP response to HTTPS client/,
    problem: (_, registry) => `${registry} speaks HTTP, not HTTPS`,
    remedy: 'Set "tls-verify: false" in the rootfs if you trust the network in between.',
  },
  {
    says: /x509:|certificate/,
    problem: (_, registry) => `Nobody vouches for the certificate of ${registry}`,
    remedy:
      'Put its authority into /etc/containers/certs.d, or set "tls-verify: false" in the rootfs if you trust the network in between.',
  },
  {
    says: /unauthorized|authentication required|invalid username\/password|denied|\b40[13]\b/i,
    problem: (name, registry) => `${registry} refuses ${name}`,
    remedy:
      'Log in ("skopeo login", "podman login" or "docker login"), or name your auth file in REGISTRY_AUTH_FILE.',
  },
  {
    says: /cannot connect to the docker daemon|docker\.sock/i,
    problem: (name) => `No Docker daemon answers that could have ${name}`,
    remedy: 'Start it, or name the image in a registry.',
  },
  {
    says: /manifest unknown|name unknown|not found|\b404\b|does not resolve to an image|no such image|reference does not|no descriptor found|Tag .* not found/i,
    problem: (name, registry) => `${registry} has no image ${name}`,
    remedy: 'Correct its name or tag; a digest must be one that the registry holds.',
  },
  {
    says: /unexpected EOF|: EOF|connection reset|broken pipe|stream error|error reading/i,
    problem: (name, registry) => `${registry} cut the connection while ${name} was fetched, and did so again`,
    remedy: 'Try again later.',
  },
  {
    says: /connection refused|no such host|i\/o timeout|no route to host|network is unreachable|TLS handshake timeout|dial tcp/i,
    problem: (_, registry) => `${registry} cannot be reached`,
    remedy:
      'Check name and network. An image that was fetched before runs without it when pinned by "@sha256:…".',
  },
  {
    says: /(?:status code|received unexpected HTTP status):? *5\d\d/i,
    problem: (name, registry) => `${registry} could not serve ${name}`,
    remedy: 'Try again later.',
  },
];

/** @param isStalled whether it was ended since nothing had arrived for the source's timeout */
export function explainFetch(error: unknown, source: OciSource, isStalled: boolean): unknown {
  if (!(error instanceof CommandError) || isDiskFull(error)) return error;
  if (error.isMissing) return missingProgram('skopeo', error);
  const registry = registryOf(source.image);
  if (isStalled) {
    return new ImageError(
      `${registry} has sent nothing of ${source.image} for ${source.timeoutMs / 1000} s`,
      'Try again later, or allow more with "timeout" in the rootfs.',
      { cause: error },
    );
  }
  // Whatever fails while the image is looked at, skopeo calls an error in its name.
  const said = lastMessage(error.stderr).replace(/^Error parsing image name "[^"]*": /, '');
  const cause = causes.find(({ says }) => says.test(said));
  if (!cause) {
    return new ImageError(`skopeo could not fetch ${source.image}: ${said}`, 'Its output is quoted above.', {
      cause: error,
    });
  }
  return new ImageError(`${cause.problem(source.image, registry)} (${said})`, cause.remedy, { cause: error });
}

/** `registry.example.org` of an image in a registry; where else it lies otherwise. */
function registryOf(image: string): string {
  const transport = image.slice(0, image.indexOf(':'));
  if (transport === 'docker-daemon') return 'the Docker daemon';
  if (transport === 'containers-storage') return 'the local container storage';
  if (transport !== 'docker') return image.split(':')[1] ?? image;
  const [first = '', ...more] = image.slice('docker://'.length).split('/');
  return more.length > 0 && /[.:]|^localhost$/.test(first) ? first : 'docker.io';
}

/** skopeo's last line of level fatal, without its time and level. */
function lastMessage(stderr: string): string {
  const lines = stderr.trim().split('\n');
  const fatal = lines.findLast((line) => line.includes('level=fatal')) ?? lines.at(-1) ?? '';
  const message = /msg=(".*")/.exec(fatal)?.[1];
  if (message === undefined) return fatal;
  try {
    return String(JSON.parse(message));
  } catch {
    return message;
  }
}
