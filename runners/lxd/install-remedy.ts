/** How to get LXD or Incus where it is missing: which releases of Debian and Ubuntu have a package differs. */
import { osReleaseField } from '../machine/os-release.ts';
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
      before: (version) =>
        version < 24.04
          ? 'snap install lxd (Tare has never been tried with the snap), or use Ubuntu 24.04 or newer, which has Incus'
          : 'use the platform incus: Ubuntu has LXD as a snap alone, with which Tare has never been tried',
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
  const { offer, version } = offerOf(daemon, osRelease);
  if (offer !== undefined && !hasIt(offer, version)) return offer.before(version);
  return `apt-get install ${packages[daemon]}`;
}

/** Packages of Incus where a system with apt and this os-release file has it, else of LXD; empty: it has neither. */
export function offeredPackages(osRelease: string): string[] {
  const daemon = (['incus', 'lxd'] as const).find((each) => {
    const { offer, version } = offerOf(each, osRelease);
    return offer === undefined || hasIt(offer, version);
  });
  return daemon === undefined ? [] : packages[daemon].split(' ');
}

/** No offer: nothing is known of the distribution, which may have it. */
function offerOf(daemon: DaemonName, osRelease: string): { offer: Offer | undefined; version: number } {
  const number = osReleaseField(osRelease, 'VERSION_ID');
  return {
    offer: offers[daemon][osReleaseField(osRelease, 'ID')],
    version: number === '' ? Infinity : Number(number),
  };
}

function hasIt({ since }: Offer, version: number): boolean {
  return since !== null && version >= since;
}
