/**
 * The run's own network: one namespace with one bridge. Containers and processes join it with a veth pair, VMs with
 * a tap device; the prober and the load generator run inside it. Nothing of it touches the host's network.
 */
export interface NetworkAddress {
  /** IPv4 address of the instance. */
  address: string;
  prefixLength: number;
  gateway: string;
  mac: string;
}

export interface NamespaceAttachment extends NetworkAddress {
  /** Path of the instance's own network namespace, for setns. */
  nsPath: string;
  dispose(): Promise<void>;
}

export interface TapAttachment extends NetworkAddress {
  /** Name of the tap device inside the run's namespace. */
  device: string;
  dispose(): Promise<void>;
}

export interface RunNetwork {
  /** Name of the run's namespace, as `ip netns` knows it. */
  readonly namespace: string;
  /** Its path, for setns. */
  readonly nsPath: string;
  /** A namespace of the instance's own, joined to the bridge; address, loopback and neighbour entry are set. */
  attachNamespace(id: string): Promise<NamespaceAttachment>;
  /** A tap device on the bridge in the run's namespace, with a permanent neighbour entry for its guest. */
  attachTap(id: string): Promise<TapAttachment>;
}
