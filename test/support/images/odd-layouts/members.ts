/** Layers with odd members: links in the way, whiteouts, names and types that few archives have. */
import { Buffer } from 'node:buffer';
import { memberBytes, tarOf, type Member } from '../tar-writer.ts';
import { added, layer, over, plain, type Layer, type OddImage, type OddLayout } from './odd-layout.ts';

export const oddMembers: readonly OddLayout[] = [
  {
    name: 'a file through a relative link of a lower layer',
    image: members({ name: 'bin/more', content: 'x', mode: 0o755 }),
  },
  {
    name: 'a file through an absolute link of a lower layer',
    image: members({ name: 'data/more', content: 'x' }),
  },
  {
    name: 'a file through a link that leads nowhere',
    image: members({ name: 'nowhere/more', content: 'x' }),
  },
  { name: 'a file through a link to itself', image: members({ name: 'loop/more', content: 'x' }) },
  { name: 'a file through a link that leads out', image: members({ name: 'out/more', content: 'x' }) },
  {
    name: 'a file below a file of a lower layer',
    image: members({ name: 'srv/www/index.html/more', content: 'x' }),
  },
  {
    name: 'a folder in the place of a link',
    image: members({ name: 'bin/', type: 'folder' }, { name: 'bin/own', content: '' }),
  },
  {
    name: 'a name with ..',
    image: members({ name: '../up', content: 'x' }, { name: 'srv/../down', content: 'x' }),
  },
  {
    name: 'absolute names',
    image: members({ name: '/srv/www/absolute', content: 'x' }, { name: '/', type: 'folder' }),
  },
  {
    name: 'a link with .. and its file',
    image: members({ name: 'usr/more', type: 'hardlink', target: '../srv/www/index.html' }),
  },
  {
    name: 'a hard link to a lower layer',
    image: members({ name: 'usr/third', type: 'hardlink', target: 'srv/www/index.html' }),
  },
  {
    name: 'a hard link by an absolute name',
    image: members({ name: 'usr/third', type: 'hardlink', target: '/srv/www/index.html' }),
  },
  { name: 'a hard link to a link', image: members({ name: 'usr/third', type: 'hardlink', target: 'data' }) },
  {
    name: 'a hard link to what is not there',
    image: members({ name: 'usr/third', type: 'hardlink', target: 'srv/missing' }),
  },
  {
    name: 'a member twice',
    image: members({ name: 'twice', content: 'one' }, { name: 'twice', content: 'two' }),
  },
  {
    name: 'a file that becomes a folder in one layer',
    image: members(
      { name: 'turn', content: 'one' },
      { name: 'turn/', type: 'folder' },
      { name: 'turn/in', content: '' },
    ),
  },
  { name: 'a whiteout', image: members({ name: 'srv/www/.wh.index.html', content: '' }) },
  {
    name: 'a whiteout of a folder, and a file in it',
    image: members({ name: 'srv/.wh.www', content: '' }, { name: 'srv/www/new', content: 'n' }),
  },
  {
    name: 'a whiteout behind its own file',
    image: members({ name: 'srv/www/new', content: 'n' }, { name: 'srv/www/.wh.new', content: '' }),
  },
  { name: 'a whiteout of nothing', image: members({ name: 'srv/.wh.nothing', content: '' }) },
  { name: 'a whiteout through a link', image: members({ name: 'data/.wh.index.html', content: '' }) },
  {
    name: 'an opaque folder',
    image: members({ name: 'srv/.wh..wh..opq', content: '' }, { name: 'srv/own', content: 'o' }),
  },
  {
    name: 'an opaque folder said last',
    image: members({ name: 'srv/own', content: 'o' }, { name: 'srv/.wh..wh..opq', content: '' }),
  },
  {
    name: 'an opaque root',
    image: members(
      { name: '.wh..wh..opq', content: '' },
      { name: 'usr/bin/server', content: '', mode: 0o755 },
    ),
  },
  {
    name: 'marks of aufs',
    image: members({ name: '.wh..wh.plnk/', type: 'folder' }, { name: '.wh..wh.aufs', content: '' }),
  },
  {
    name: 'devices and pipes',
    image: members(
      { name: 'dev/', type: 'folder' },
      { name: 'dev/null', type: 'character', device: [1, 3], mode: 0o666 },
      { name: 'dev/disk', type: 'block', device: [259, 70_000] },
      { name: 'dev/zero', type: 'character', device: [0, 0] },
      { name: 'pipe', type: 'fifo' },
    ),
  },
  {
    name: 'a long name of PAX',
    image: members({ name: `long/${'n'.repeat(200)}/${'m'.repeat(250)}`, content: 'x' }),
  },
  {
    name: 'a long name of GNU',
    image: members({ name: `long/${'n'.repeat(200)}/${'m'.repeat(250)}`, content: 'x', isGnu: true }),
  },
  {
    name: 'a name that is no UTF-8',
    image: members({ name: 'not\xffutf8', content: 'x' }, { name: 'caf\xe9/', type: 'folder' }),
  },
  { name: 'a name with a line feed and quotes', image: members({ name: 'a\n"b" \\c', content: 'x' }) },
  {
    name: 'attributes and a capability',
    image: members(
      {
        name: 'usr/bin/capable',
        content: 'x',
        mode: 0o755,
        pax: {
          'SCHILY.xattr.security.capability': Buffer.from('0100000200040000000000000000000000000000', 'hex'),
        },
      },
      { name: 'srv/', type: 'folder', pax: { 'SCHILY.xattr.user.note': 'kept' } },
    ),
  },
  {
    name: 'a sparse file of PAX',
    image: members({
      name: 'sparse',
      content: Buffer.concat([
        Buffer.from('2\n1048576\n512\n3145728\n0\n'.padEnd(512, '\0')),
        Buffer.alloc(512, 'd'),
      ]),
      pax: {
        'GNU.sparse.major': '1',
        'GNU.sparse.minor': '0',
        'GNU.sparse.name': 'sparse',
        'GNU.sparse.realsize': '3145728',
      },
    }),
  },
  {
    name: 'a set-user-ID file and large ids',
    image: members({ name: 'usr/bin/su', content: 'x', mode: 0o6755, uid: 70_000, gid: 4_000_000 }),
  },
  {
    name: 'a folder that is only on the way',
    image: members(
      { name: 'srv/own', content: 'x' },
      { name: 'tmp/own', content: 'x' },
      { name: 'quite/new/way', content: 'x' },
    ),
  },
  { name: 'an unknown type flag', image: members({ name: 'odd', content: 'x', flag: '7' }, added) },
  {
    name: 'a global PAX header',
    image: (base) => ({
      layers: [
        base,
        plain(
          Buffer.concat([
            memberBytes({ name: 'pax_global_header', flag: 'g', content: '20 comment=whatever\n' }),
            tarOf([added]),
          ]),
        ),
      ],
    }),
  },
];

function members(...list: Member[]): (base: Layer) => OddImage {
  return over(layer(list));
}
