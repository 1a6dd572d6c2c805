/**
 * What systemd-nspawn mounts and makes otherwise than docker, put right inside. It leaves out what it cannot mask (it takes the
 * file to mask with from a systemd that need not run here), makes /dev/shm before anything it is told, and has no option
 * against its own /run.
 */
import type { Box } from '../runner.ts';
import { presentMaskedPaths, readonlyPaths } from '../shared/box.ts';
import { optional, takeOff } from '../shared/start-program.ts';
import type { SystemCall } from '../shared/system-calls.ts';

/** linux/mount.h */
const [readOnly, noSetuid, noDevices, noExecution, remount, bind] = [1, 2, 4, 8, 32, 4096];
const safe = noSetuid | noDevices | noExecution;

/** Device nodes that it also shows by their numbers. */
const deviceNumbers = ['1:3', '1:5', '1:7', '1:8', '1:9', '5:0', '10:200', '10:229'];

/** The calls, for a program inside that may still mount. */
export async function dockersMounts(box: Box): Promise<SystemCall[]> {
  const masked = await presentMaskedPaths();
  return [
    ...['/run', '/dev/shm'].map(takeOff),
    mount('shm', '/dev/shm', 'tmpfs', safe, `mode=1777,size=${box.shmSizeBytes}`),
    ...[...readonlyPaths, '/proc/sys/net'].flatMap((path) => [
      mount(path, path, '', bind, ''),
      mount('', path, '', bind | remount | readOnly | safe, ''),
    ]),
    ...masked.folders.map((path) => mount('tmpfs', path, 'tmpfs', safe | readOnly, 'size=4k')),
    ...masked.files.map((path) => mount('/dev/null', path, '', bind, '')),
    // The latter since systemd 257.
    ...['/dev/net/tun', '/dev/fuse', ...deviceNumbers.map((number) => `/dev/char/${number}`)].map((path) =>
      optional('unlink', path),
    ),
    ...['/dev/net', '/dev/char'].map((path) => optional('rmdir', path)),
  ];
}

/** Fails where this kernel, or systemd-nspawn's /sys, has no such path. */
function mount(source: string, target: string, type: string, flags: number, data: string): SystemCall {
  return optional('mount', source, target, type, flags, data);
}
