/**
 * A registry that misbehaves on demand, since a real one cannot be made to: it refuses, falls silent, cuts the connection,
 * sends something else or answers with an error of its own. The image that it would serve is whole.
 */
import { createHash } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

export type Fault = 'refuses' | 'fails' | 'silent' | 'silent-layer' | 'cuts' | 'damages' | 'trickles';

export interface FaultRegistry {
  host: string;
  close(): Promise<void>;
}

const types = 'application/vnd.docker';

/** Serves the image `shop:1` with that fault. */
export async function startFaultRegistry(fault: Fault): Promise<FaultRegistry> {
  // Two blocks of zeros end an archive: one without any member.
  const archive = Buffer.alloc(1024);
  const layer = gzipSync(archive);
  const config = Buffer.from(
    JSON.stringify({
      architecture: process.arch === 'x64' ? 'amd64' : process.arch,
      os: 'linux',
      config: {},
      rootfs: { type: 'layers', diff_ids: [digestOf(archive)] },
    }),
  );
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: `${types}.distribution.manifest.v2+json`,
      config: describe(config, `${types}.container.image.v1+json`),
      layers: [describe(layer, `${types}.image.rootfs.diff.tar.gzip`)],
    }),
  );
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    if (path.includes('/manifests/')) {
      sendManifest(response);
    } else if (path.endsWith(digestOf(config))) {
      response.end(config);
    } else if (path.endsWith(digestOf(layer))) {
      sendLayer(response);
    } else {
      response.end('{}');
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  function sendManifest(response: ServerResponse): void {
    if (fault === 'refuses') response.writeHead(403).end('{"errors":[{"code":"DENIED","message":"denied"}]}');
    else if (fault === 'fails') response.writeHead(500).end();
    else if (fault !== 'silent') {
      response.setHeader('Content-Type', `${types}.distribution.manifest.v2+json`);
      response.end(manifest);
    }
  }

  function sendLayer(response: ServerResponse): void {
    response.setHeader('Content-Length', layer.length);
    switch (fault) {
      case 'cuts':
        response.write(layer.subarray(0, 10), () => response.destroy());
        return;
      case 'damages':
        response.end(Buffer.alloc(layer.length, 'x'));
        return;
      case 'trickles':
        trickle(response);
        return;
      case 'silent-layer':
        response.write(layer.subarray(0, 10));
        return;
      case 'refuses':
      case 'fails':
      case 'silent':
        return;
    }
  }

  /** In pieces, each well within the time that silence may last, and all of them together beyond it. */
  function trickle(response: ServerResponse): void {
    const pieces = 8;
    const size = Math.ceil(layer.length / pieces);
    let sent = 0;
    const timer = setInterval(() => {
      response.write(layer.subarray(sent, sent + size));
      sent += size;
      if (sent < layer.length) return;
      clearInterval(timer);
      response.end();
    }, 400);
  }
}

function describe(content: Buffer, mediaType: string): Record<string, string | number> {
  return { mediaType, size: content.length, digest: digestOf(content) };
}

function digestOf(content: Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}
