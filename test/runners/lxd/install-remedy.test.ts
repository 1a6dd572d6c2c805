import { describe, expect, test } from 'vitest';
import { installRemedy, offeredPackages } from '../../../runners/lxd/install-remedy.ts';

const release = (id: string, version: string): string => `NAME="x"\nID=${id}\nVERSION_ID="${version}"\n`;

describe('how to get it', () => {
  test.each([
    ['incus', release('debian', '11'), /^use a newer distribution: Debian has Incus from 13 on/],
    [
      'incus',
      release('debian', '12'),
      /^apt-get install -t bookworm-backports incus, with .* among the package sources/,
    ],
    ['incus', release('debian', '13'), /^apt-get install incus$/],
    // Debian testing has no number.
    ['incus', 'ID=debian\nVERSION_CODENAME=forky\n', /^apt-get install incus$/],
    ['incus', release('ubuntu', '22.04'), /^use a newer distribution: Ubuntu has Incus from 24\.04 on$/],
    ['incus', release('ubuntu', '24.04'), /^apt-get install incus$/],
    ['incus', release('fedora', '41'), /^apt-get install incus$/],
    ['lxd', release('debian', '11'), /^use a newer distribution: Debian has LXD from 12 on$/],
    ['lxd', release('debian', '12'), /^apt-get install lxd lxd-client$/],
    ['lxd', release('ubuntu', '24.04'), /^use the platform incus: Ubuntu has LXD as a snap alone/],
    ['lxd', release('ubuntu', '22.04'), /^snap install lxd \(Tare has never been tried with the snap\), or/],
    ['lxd', '', /^apt-get install lxd lxd-client$/],
  ] as const)('%s on %j', (daemon, osRelease, remedy) => {
    expect(installRemedy(daemon, osRelease)).toMatch(remedy);
  });

  test.each([
    [release('debian', '11'), []],
    [release('debian', '12'), ['lxd', 'lxd-client']],
    [release('debian', '13'), ['incus']],
    [release('ubuntu', '22.04'), []],
    [release('ubuntu', '24.04'), ['incus']],
  ])('the packages of one of the two on %j', (osRelease, packages) => {
    expect(offeredPackages(osRelease)).toEqual(packages);
  });
});
