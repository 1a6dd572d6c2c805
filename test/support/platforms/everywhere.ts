/** Which platforms a test takes that could take all. */

/** `npm run test:everywhere`; each test names what it leaves out otherwise. */
export const isEverywhere = process.env['TARE_TEST_EVERYWHERE'] === '1';

export const everywhere = ['process', 'runc', 'crun', 'docker', 'podman', 'lxc', 'lxd', 'nspawn', 'vm'];
const oneOfEach = ['process', 'docker', 'nspawn'];

/** A process, an engine's container and nspawn's; what each of the other boxes is like is held by test/e2e/platforms. */
export const someBoxes = isEverywhere ? everywhere.filter((name) => name !== 'vm') : oneOfEach;
