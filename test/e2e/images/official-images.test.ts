/**
 * Servers in images that are put together as the official ones are, on every platform: what their entrypoints, users, logs and
 * configurations ask of a box must be there.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunRecord } from '../../../bench/record/schema.ts';
import { isRoot } from '../../runners/payload/trees.ts';
import { leftovers } from '../../support/leftovers.ts';
import { writeOfficialImage, type OfficialImage } from '../../support/images/official-images.ts';
import { eachKind, isEverywhere, ownAndEngine } from '../../support/platforms/everywhere.ts';
import { makeSandbox, tare, type Sandbox } from '../../support/tare.ts';

/** The start-up message for user and database postgres, the query "select 1", and a row with the value 1. */
const selectOne = {
  by: 'tcp',
  send: '\0\0\0\x29\0\x03\0\0user\0postgres\0database\0postgres\0\0Q\0\0\0\rselect 1\0X\0\0\0\x04',
  expect: 'D\0\0\0\x0B\0\x01\0\0\0\x011C\0\0\0\rSELECT 1\0',
};

/** Of one image on all its platforms, and a little less than a test's. */
const patienceMs = isEverywhere ? 3_600_000 : 580_000;

let box: Sandbox;
const written = new Set<OfficialImage>();
let runs = 0;
beforeAll(async () => {
  box = await makeSandbox();
});
afterAll(async () => {
  expect(await leftovers(box)).toEqual([]);
  await box.remove();
});

interface Asked {
  workload: Record<string, unknown>;
  platforms: readonly string[];
  /** What it needs before it can be stopped. */
  settle?: string;
}

async function runImage(
  image: OfficialImage,
  { workload, platforms, settle = '0s' }: Asked,
): Promise<{ code: number; record: RunRecord; stderr: string; logs: Map<string, string> }> {
  const layout = join(box.folder, image);
  if (!written.has(image)) await writeOfficialImage(image, layout, box.cache);
  written.add(image);
  const { ready, ...more } = workload as { ready: Record<string, unknown> };
  const scenario = {
    name: image,
    workload: {
      ...{ name: image, rootfs: { from: 'oci', image: `oci:${layout}` }, ...more },
      ready: { timeout: '240s', ...ready },
    },
    limits: { cpus: 1, memory: '512MiB' },
    platforms,
    measures: { startup: { samples: 1 }, memory: { samples: 1, settle }, stop: { samples: 1 } },
  };
  const file = join(box.folder, `${image}.yaml`);
  await writeFile(file, JSON.stringify(scenario));
  runs += 1;
  const out = join(box.folder, `out-${runs}`);
  const { code, stdout, stderr } = await tare(box, ['run', file, '--json', '--out', out], {}, patienceMs);
  expect(stdout, stderr).not.toBe('');
  const logs = new Map<string, string>();
  for (const instance of await readdir(join(out, 'logs'))) {
    logs.set(instance, await readFile(join(out, 'logs', instance, 'output.log'), 'utf8'));
  }
  return { code, record: JSON.parse(stdout) as RunRecord, stderr, logs };
}

interface Case {
  title: string;
  image: OfficialImage;
  asked: Asked;
  /** What the workload printed on every platform. */
  logged?: RegExp[];
  /** Too slow for every run of the tests: left to `npm run test:everywhere`. */
  isSlow?: true;
  notLogged?: RegExp;
}

const cases: Case[] = [
  {
    title:
      'nginx logs to /dev/stdout and /dev/stderr, has workers of another user, and is stopped by SIGQUIT',
    image: 'nginx',
    asked: { workload: { ready: { by: 'http', body: 'Welcome to nginx!' } }, platforms: eachKind },
    logged: [/"GET \/ HTTP\/1.1" 200/, /start worker process/],
  },
  {
    title: 'haproxy raises its open files for 4000 connections as its own user, and is stopped by SIGUSR1',
    image: 'haproxy',
    asked: {
      workload: { ready: { by: 'http', body: 'haproxy is here' } },
      platforms: ownAndEngine,
      // Its master starts itself again while its worker answers, and loses what it is sent meanwhile.
      settle: '2s',
    },
    logged: [/web web\/<NOSRV>.* 200 /],
  },
  {
    title: 'a Java program finds spring.datasource.url in its environment, and its own name',
    image: 'spring',
    isSlow: true,
    asked: {
      workload: { ready: { by: 'http', body: 'jdbc:postgresql://db:5432/shop?ssl=true on ' } },
      platforms: ownAndEngine,
    },
  },
  {
    title: 'upstream’s Tomcat finds localhost for its shutdown port',
    image: 'tomcat',
    isSlow: true,
    asked: {
      workload: { ready: { by: 'http', body: 'Tomcat is here' } },
      platforms: eachKind,
    },
    logged: [/Server startup in/],
    notLogged: /Failed to create server shutdown socket/,
  },
  {
    title: 'PostgreSQL makes its cluster as root’s entrypoint has it, and answers a query',
    image: 'postgresql',
    isSlow: true,
    asked: { workload: { ready: selectOne }, platforms: eachKind },
    logged: [/init process complete/, /database system is ready to accept connections/],
  },
  {
    title: 'PostgreSQL started as its own user reads a key by a group that it has besides',
    image: 'postgresql',
    isSlow: true,
    asked: { workload: { ready: selectOne, user: 'postgres' }, platforms: eachKind },
    logged: [/database system is ready to accept connections/],
  },
];

describe.runIf(isRoot)(
  'an image made as the official one is, on every platform:',
  { timeout: patienceMs + 20_000 },
  () => {
    it.each(cases.filter(({ isSlow }) => isEverywhere || !isSlow))(
      '$title',
      async ({ image, asked, logged = [], notLogged }) => {
        const { code, record, stderr, logs } = await runImage(image, asked);
        expect(record.failures, stderr).toEqual([]);
        expect(code, stderr).toBe(0);
        for (const metric of ['startup.ready', 'stop.graceful']) {
          const found = record.results.filter((result) => result.metric === metric);
          expect(found.map(({ platform }) => platform).sort()).toEqual([...asked.platforms].sort());
        }
        for (const platform of asked.platforms) {
          const its = [...logs].filter(([instance]) => instance.replace(/-\d+$/, '') === platform);
          // A server logs a request after its answer. An instance that is killed once it was ready may not come to that.
          const all = its.map(([, log]) => log).join('');
          for (const line of logged) expect(all, platform).toMatch(line);
        }
        for (const [instance, log] of logs) {
          if (notLogged) expect(log, instance).not.toMatch(notLogged);
        }
      },
    );

    const shop = { Host: 'shop.test' };
    const body = 'the shop';
    it.each<[string, Record<string, unknown>, RegExp | null]>([
      [
        'a redirect is an answer that is not good',
        { headers: shop, body },
        /status 301 instead of 200.*it redirects to "?https:\/\/shop\.test\//,
      ],
      [
        'a redirect that is followed leads to the encrypted site',
        { headers: shop, body, redirects: 'follow' },
        null,
      ],
    ])('nginx is ready by what it is asked for: %s', async (_, ready, wrong) => {
      const timeout = wrong === null ? '60s' : '3s';
      const workload = { ready: { by: 'http', timeout, ...ready } };
      const { code, record, stderr } = await runImage('nginx', { workload, platforms: ['process'] });
      expect(code, stderr).toBe(wrong === null ? 0 : 4);
      for (const { message } of record.failures) expect(message).toMatch(wrong ?? /^$/);
    });
  },
);
