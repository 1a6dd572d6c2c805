/**
 * Images that are put together as the official ones are: packages of a distribution at the bottom, the image's own files on
 * top, and a configuration that leaves to the entrypoint what a shell can do. The files lie in test/fixtures/official.
 */
import { copyFile, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../../../runners/machine/command.ts';
import { buildPayload } from '../../../runners/payload/build-payload.ts';
import { contextOf } from '../../runners/payload/trees.ts';
import { writeImageLayout } from './image-layout.ts';
import { tarOf, type Member } from './tar-writer.ts';

const fixtures = fileURLToPath(new URL('../../fixtures/official', import.meta.url));

const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const java = '/usr/lib/jvm/java-17-openjdk-amd64';
const javaPackages = ['tomcat10', 'openjdk-17-jre-headless'];

/** Their scripts do not run, so users and groups are the image's own, as are those that a Containerfile adds. */
const users = `root:x:0:0:root:/root:/bin/sh
www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin
haproxy:x:99:99::/var/lib/haproxy:/usr/sbin/nologin
postgres:x:999:999::/var/lib/postgresql:/bin/sh
`;
const groups = `root:x:0:
www-data:x:33:
haproxy:x:99:
ssl-cert:x:101:postgres
postgres:x:999:
`;
const sslCert = 101;

interface Folders {
  /** What is the same in each run is kept here. */
  cache: string;
  /** Is gone afterwards. */
  scratch: string;
}

interface Recipe {
  packages: readonly string[];
  /** In the image specification's words. */
  config: Readonly<Record<string, unknown>>;
  /** What no fixture can hold. */
  members?: (root: string, folders: Folders) => Promise<readonly Member[]>;
}

const recipes = {
  nginx: {
    packages: ['nginx'],
    config: {
      Env: [`PATH=${path}`],
      Entrypoint: ['/docker-entrypoint.sh'],
      Cmd: ['nginx', '-g', 'daemon off;'],
      ExposedPorts: { '80/tcp': {} },
      StopSignal: 'SIGQUIT',
    },
    members: async (_root, { cache }) => [
      ...(await certificate(cache)),
      { name: 'var/log/nginx/access.log', type: 'symlink', target: '/dev/stdout' },
      { name: 'var/log/nginx/error.log', type: 'symlink', target: '/dev/stderr' },
    ],
  },
  haproxy: {
    packages: ['haproxy'],
    config: {
      Env: [`PATH=${path}`],
      Entrypoint: ['docker-entrypoint.sh'],
      Cmd: ['haproxy', '-f', '/usr/local/etc/haproxy/haproxy.cfg'],
      ExposedPorts: { '8080/tcp': {} },
      User: 'haproxy',
      WorkingDir: '/var/lib/haproxy',
      StopSignal: 'SIGUSR1',
    },
  },
  tomcat: {
    packages: javaPackages,
    config: {
      Env: [
        ...[`PATH=/usr/local/tomcat/bin:${java}/bin:${path}`, `JAVA_HOME=${java}`, 'LANG=C.UTF-8'],
        'CATALINA_HOME=/usr/local/tomcat',
      ],
      Entrypoint: null,
      Cmd: ['catalina.sh', 'run'],
      ExposedPorts: { '8080/tcp': {} },
      WorkingDir: '/usr/local/tomcat',
    },
    members: tomcatConfiguration,
  },
  postgresql: {
    packages: ['postgresql-15'],
    config: {
      Env: [
        ...[`PATH=${path}:/usr/lib/postgresql/15/bin`, 'LANG=C.UTF-8'],
        'PGDATA=/var/lib/postgresql/data',
      ],
      Entrypoint: ['docker-entrypoint.sh'],
      // The key is readable by a group that the server's user belongs to besides its own.
      Cmd: [
        ...['postgres', '-c', 'listen_addresses=*', '-c', 'ssl=on'],
        ...['-c', 'ssl_cert_file=/etc/ssl/certs/snakeoil.pem'],
        ...['-c', 'ssl_key_file=/etc/ssl/private/snakeoil.key'],
      ],
      ExposedPorts: { '5432/tcp': {} },
      Volumes: { '/var/lib/postgresql/data': {} },
      StopSignal: 'SIGINT',
    },
    members: async (_root, { cache }) => [
      ...(await certificate(cache)),
      // For the server's user where the image is not started by root.
      { name: 'var/lib/postgresql/', type: 'folder', uid: 999, gid: 999 },
      { name: 'var/lib/postgresql/data/', type: 'folder', uid: 999, gid: 999, mode: 0o700 },
      { name: 'run/postgresql/', type: 'folder', uid: 999, gid: 999, mode: 0o3775 },
    ],
  },
  spring: {
    packages: javaPackages,
    config: {
      Env: [`PATH=${java}/bin:${path}`, 'spring.datasource.url=jdbc:postgresql://db:5432/shop?ssl=true'],
      Entrypoint: ['java', '-cp', '/app', 'App'],
      ExposedPorts: { '8080/tcp': {} },
      WorkingDir: '/app',
    },
    members: compiledApp,
  },
} as const satisfies Record<string, Recipe>;

export type OfficialImage = keyof typeof recipes;

/**
 * Puts the image together in a folder that does not exist yet.
 *
 * @param cache where its packages are kept
 */
export async function writeOfficialImage(name: OfficialImage, layout: string, cache: string): Promise<void> {
  const { packages, config, members }: Recipe = recipes[name];
  const root = await installed(packages, cache);
  const scratch = join(layout, 'scratch');
  await mkdir(scratch, { recursive: true });
  const layers = ['base', 'own', 'made'].map((layer) => join(scratch, `${layer}.tar`));
  const [base = '', own = '', made = ''] = layers;
  const plain = [
    '--numeric-owner',
    '--sort=name',
    '--format=posix',
    '--pax-option=delete=atime,delete=ctime',
  ];
  await run('tar', ['--create', `--file=${base}`, `--directory=${root}`, ...plain, '.']);
  const owned = ['--owner=0', '--group=0', '--mtime=@0', '--mode=u=rwX,go=rX'];
  await run('tar', [
    '--create',
    `--file=${own}`,
    `--directory=${join(fixtures, name)}`,
    ...plain,
    ...owned,
    '.',
  ]);
  const accounts: Member[] = [
    { name: 'var/run', type: 'symlink', target: '/run' },
    { name: 'etc/passwd', content: users },
    { name: 'etc/group', content: groups },
  ];
  await writeFile(made, tarOf([...accounts, ...((await members?.(root, { cache, scratch })) ?? [])]));
  await writeImageLayout(layout, layers, config);
  await rm(scratch, { recursive: true });
}

/** Unpacked and not installed, since that takes a quarter of the time; without what no server reads. */
async function installed(packages: readonly string[], cache: string): Promise<string> {
  const library = '/usr/lib/x86_64-linux-gnu';
  const payload = await buildPayload(
    {
      from: 'debian',
      suite: 'bookworm',
      variant: 'extract',
      mirror: null,
      packages: [...packages, 'dash', 'coreutils', 'util-linux'],
      files: [],
      remove: [
        ...['doc', 'man', 'locale', 'info', 'perl', 'lintian'].map((name) => `/usr/share/${name}`),
        // PostgreSQL's compiler of queries.
        ...['perl', 'gconv', 'libLLVM-14.so.1', 'libz3.so.4'].map((name) => `${library}/${name}`),
        `${java}/lib/server/classes_nocoops.jsa`,
      ],
    },
    contextOf(cache),
  );
  return payload.root;
}

/** One for all images and runs, so that an image is the same each time. */
async function certificate(cache: string): Promise<Member[]> {
  const [pem, key] = [join(cache, 'snakeoil.pem'), join(cache, 'snakeoil.key')];
  if (!(await stat(pem).catch(() => null))) {
    const asked = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '3650', '-subj', '/CN=snakeoil'];
    await run('openssl', [...asked, '-keyout', key, '-out', pem]);
  }
  return [
    { name: 'etc/ssl/certs/snakeoil.pem', content: await readFile(pem) },
    { name: 'etc/ssl/private/', type: 'folder', mode: 0o710, gid: sslCert },
    { name: 'etc/ssl/private/snakeoil.key', content: await readFile(key), mode: 0o640, gid: sslCert },
  ];
}

/** Upstream keeps next to its own server.xml what Debian keeps in /etc. */
async function tomcatConfiguration(root: string): Promise<Member[]> {
  const names = ['catalina.properties', 'logging.properties', 'context.xml', 'web.xml', 'tomcat-users.xml'];
  const home = 'usr/local/tomcat';
  const folders = ['logs', 'temp', 'work'].map((name): Member => ({
    name: `${home}/${name}/`,
    type: 'folder',
  }));
  const files = names.map(async (name) => ({
    name: `${home}/conf/${name}`,
    content: await readFile(join(root, 'usr/share/tomcat10/etc', name)),
  }));
  const links = ['bin', 'lib'].map((name): Member => ({
    name: `${home}/${name}`,
    type: 'symlink',
    target: `/usr/share/tomcat10/${name}`,
  }));
  return [...folders, ...links, ...(await Promise.all(files))];
}

/** By the compiler that Tomcat has for its pages, in the image's own root, since neither need have more than a JRE. */
async function compiledApp(root: string, { scratch: folder }: Folders): Promise<Member[]> {
  await copyFile(join(fixtures, 'spring/app/App.java'), join(folder, 'App.java'));
  const mounts = 'mount --bind "$1" "$2/tmp" && mount --bind /proc "$2/proc"';
  const enter = `${mounts} && root=$2 && shift 2 && exec chroot "$root" "$@"`;
  const compiler = [
    '-cp',
    '/usr/share/java/eclipse-jdt-core.jar',
    'org.eclipse.jdt.internal.compiler.batch.Main',
  ];
  const compile = [`${java}/bin/java`, ...compiler, '-17', '-proc:none', '/tmp/App.java'];
  await run('unshare', ['--mount', 'sh', '-c', enter, 'sh', folder, root, ...compile]);
  return [{ name: 'app/App.class', content: await readFile(join(folder, 'App.class')) }];
}
