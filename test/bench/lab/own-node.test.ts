import { describe, expect, it } from 'vitest';
import { defaultLabSuite, librariesOfNode, modulesOfNode } from '../../../bench/lab/own-node.ts';

describe('the Debian of a lab', () => {
  it.each([
    ['2.28', 'bookworm'],
    ['2.36', 'bookworm'],
    ['2.41', 'trixie'],
    ['2.100', 'trixie'],
    [null, 'bookworm'],
  ])('for a Node that was built with glibc %s is %s', (version, suite) => {
    expect(defaultLabSuite(version)).toBe(suite);
  });
});

describe('the libraries that go with Node', () => {
  const runtimes = [
    'linux-vdso.so.1',
    '/lib/x86_64-linux-gnu/libdl.so.2',
    '/lib/x86_64-linux-gnu/libstdc++.so.6',
    '/lib/x86_64-linux-gnu/libm.so.6',
    '/lib/x86_64-linux-gnu/libgcc_s.so.1',
    '/lib/x86_64-linux-gnu/libpthread.so.0',
    '/lib/x86_64-linux-gnu/libc.so.6',
    '/lib64/ld-linux-x86-64.so.2',
  ];
  const own = ['/lib/x86_64-linux-gnu/libnode.so.115', '/lib/x86_64-linux-gnu/libcares.so.2'];

  it('are none for one of nodejs.org', () => {
    expect(librariesOfNode(runtimes)).toEqual([]);
  });

  it("are a distribution's own, without the C and C++ runtimes and modules of packages", () => {
    expect(librariesOfNode([...runtimes, ...own, '/srv/node_modules/addon.node'])).toEqual(own);
  });
});

describe('the modules that go with Node', () => {
  it('are none for one of nodejs.org', () => {
    expect(modulesOfNode(['V8_DEPRECATION_WARNINGS', '_GLIBCXX_USE_CXX11_ABI=1'])).toEqual([]);
  });

  it('are the files of other packages that Debian built it to read', () => {
    const defines = [
      'NODE_OPENSSL_CONF_NAME=nodejs_conf',
      'NODE_SHARED_BUILTIN_UNDICI_UNDICI_PATH=/usr/share/nodejs/undici/undici-fetch.js',
      'NODE_SHARED_BUILTIN_ACORN_PATH="/usr/share/nodejs/acorn/dist/acorn.js"',
    ];
    expect(modulesOfNode(defines)).toEqual([
      '/usr/share/nodejs/undici/undici-fetch.js',
      '/usr/share/nodejs/acorn/dist/acorn.js',
    ]);
  });
});
