/** Every runner by name. A new one is a folder here, a file in scenarios/platforms/, and a line in each table. */
import { containerdRunner } from './containerd/runner.ts';
import { libvirtRunner } from './libvirt/runner.ts';
import { lxcRunner } from './lxc/runner.ts';
import { lxdRunner } from './lxd/runner.ts';
import { nspawnRunner } from './nspawn/runner.ts';
import { dockerRunner } from './docker/runner.ts';
import { ociRunner } from './oci/runner.ts';
import { podmanRunner } from './podman/runner.ts';
import { processRunner } from './process/runner.ts';
import { qemuRunner } from './qemu/runner.ts';
import { ociRootlessRunner } from './rootless/oci-runner.ts';
import { podmanRootlessRunner } from './rootless/podman-runner.ts';

export const runners = {
  process: processRunner,
  oci: ociRunner,
  'oci-rootless': ociRootlessRunner,
  containerd: containerdRunner,
  lxc: lxcRunner,
  lxd: lxdRunner,
  nspawn: nspawnRunner,
  docker: dockerRunner,
  podman: podmanRunner,
  'podman-rootless': podmanRootlessRunner,
  qemu: qemuRunner,
  libvirt: libvirtRunner,
};
