/** Whether this machine's own processor is emulated: then even KVM needs minutes where hardware needs a second. */
import { readFileSync } from 'node:fs';

/** QEMU's emulation calls itself by this name unless it is told to play a certain model. */
const emulatedModel = /^model name\s*:.*\bQEMU TCG\b/m;

export function isEmulatedHost(cpuinfo = readFileSync('/proc/cpuinfo', 'utf8')): boolean {
  return emulatedModel.test(cpuinfo);
}
