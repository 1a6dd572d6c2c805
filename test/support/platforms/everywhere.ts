/** Which platforms a test takes that could take all. */

/** `npm run test:everywhere`; each test names what it leaves out otherwise. */
export const isEverywhere = process.env['TARE_TEST_EVERYWHERE'] === '1';

const everywhere = ['process', 'runc', 'crun', 'docker', 'podman', 'lxc', 'lxd', 'nspawn', 'vm'];

/**
 * One for each way in which a box is made: none, an OCI runtime, an engine, LXC, and a guest. What the others of its kind are
 * like is held by test/e2e/platforms.
 */
export const eachKind = isEverywhere ? everywhere : ['process', 'runc', 'docker', 'lxc', 'vm'];

/** Where a box of Tare's own and one of an engine's could differ, and nothing else could. */
export const ownAndEngine = isEverywhere ? everywhere.filter((name) => name !== 'vm') : ['process', 'docker'];
