import { definePlatform, noOptions } from './platform.ts';

export const lxcPlatform = definePlatform({
  description: "A container, started by LXC's own programs.",
  fields: {},
  short: { lxc: { description: "a container, started by LXC's own programs", options: {} } },
  resolve: noOptions,
});
