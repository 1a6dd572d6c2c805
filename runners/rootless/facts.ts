/** What the record says of a rootless platform. */
import type { PlatformFacts } from '../platform-facts.ts';
import type { Rootless } from './fitness.ts';

/** For the fairness check. */
export const userNamespace = 'root inside is an ordinary user outside';

export function rootlessDetails({ user, forwarder }: Rootless): PlatformFacts['details'] {
  const { uids } = user.subordinate;
  return {
    user: user.isOwn ? "Tare's own, for this run" : user.name,
    userIds: `0 is ${user.uid}; from 1: ${uids.first} and ${uids.count - 1} more`,
    forwarder: forwarder.name,
    cgroup: "made and limited by Tare, which is root; the user's processes join it",
  };
}
