/** UEFI firmware for VMs (OVMF), as the distributions install it. */
import { access } from 'node:fs/promises';

export interface UefiFirmware {
  codeFile: string;
  /** Template of the variables: each machine has a copy of its own. */
  variablesFile: string;
}

/** Firmware without Secure Boot: Debian and Ubuntu, Fedora, Arch. */
const places: readonly UefiFirmware[] = [
  { codeFile: '/usr/share/OVMF/OVMF_CODE_4M.fd', variablesFile: '/usr/share/OVMF/OVMF_VARS_4M.fd' },
  { codeFile: '/usr/share/OVMF/OVMF_CODE.fd', variablesFile: '/usr/share/OVMF/OVMF_VARS.fd' },
  { codeFile: '/usr/share/edk2/ovmf/OVMF_CODE.fd', variablesFile: '/usr/share/edk2/ovmf/OVMF_VARS.fd' },
  { codeFile: '/usr/share/edk2/x64/OVMF_CODE.4m.fd', variablesFile: '/usr/share/edk2/x64/OVMF_VARS.4m.fd' },
];

/** Null: none is installed. */
export async function findUefi(): Promise<UefiFirmware | null> {
  for (const place of places) {
    const both = [access(place.codeFile), access(place.variablesFile)];
    const found = await Promise.all(both).then(
      () => true,
      () => false,
    );
    if (found) return place;
  }
  return null;
}
