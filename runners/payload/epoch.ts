/**
 * The moment that every file of a payload, layer and disk carries, in seconds since 1970 (2023-11-14 22:13:20 UTC).
 * It never changes: digests of layers and disks depend on it.
 */
export const epochSeconds = 1_700_000_000;
