/** How to get LXD or Incus where it is missing: which releases of Debian and Ubuntu have a package differs. */
import { osReleaseField } from '../host/os-release.ts';
import type { DaemonName } from './flavours.ts';

interface Offer {
  /** First release that has the packages in its own archive; null: none has. */
  since: number | null;
  /** What to do before. */
  before: (version: number) => string;
}

const packages: Record<DaemonName, string> = { lxd: 'lxd lxd-client', incus: 'incus' };

/** By distribution id (packages.debian.org, packages.ubuntu.com). Ubuntu has LXD as a snap alone since 22.04. */
const offers: Record<DaemonName, Readonly<Record<string, Offer>>> = {
  lxd: {
    debian: { since: 12, before: () => 'use a newer distribution: Debian has LXD from 12 on' },
    ubuntu: {
      since: null,
      before: () =>
        'use the platform incus: Ubuntu has LXD as a snap alone, with which Tare has never been tried',
    },
  },
  incus: {
    debian: {
      since: 13,
      before: (version) =>
        version === 12
          ? 'apt-get install -t bookworm-backports incus, with bookworm-backports among the package sources ' +
            '(the archive of Debian 12 itself has no Incus)'
          : 'use a newer distribution: Debian has Incus from 13 on, and for 12 in bookworm-backports',
    },
    ubuntu: { since: 24.04, before: () => 'use a newer distribution: Ubuntu has Incus from 24.04 on' },
  },
};

/** What to do on the system with this os-release file; a testing release, without a number, is the newest. */
export function installRemedy(daemon: DaemonName, osRelease: string): string {
  const offer = offers[daemon][osReleaseField(osRelease, 'ID')];
  const number = osReleaseField(osRelease, 'VERSION_ID');
  const version = number === '' ? Infinity : Number(number);
  const isOffered = offer === undefined || (offer.since !== null && version >= offer.since);
  return isOffered ? `apt-get install ${packages[daemon]}` : offer.before(version);
}
