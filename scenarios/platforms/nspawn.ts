import { definePlatform, noOptions } from './platform.ts';

export const nspawnPlatform = definePlatform({
  description: 'A container, started by systemd-nspawn.',
  fields: {},
  short: { nspawn: { description: 'a container, started by systemd-nspawn', options: {} } },
  resolve: noOptions,
});
