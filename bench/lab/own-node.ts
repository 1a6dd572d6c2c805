/** What Node, which goes into the lab as a copy of the one that runs here, needs of the lab's system. */
import { copyFile, mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { LabSuite } from '../../runners/lab/system.ts';

/** glibc of Debian 12. Node as nodejs.org builds it needs less; Debian 13's own Node needs that of Debian 13. */
const oldestGlibc = '2.36';
/** Of the C and C++ runtimes, which every lab has. */
const everywhere = /^(linux-vdso|ld-linux|lib(c|m|dl|rt|pthread|stdc\+\+|gcc_s)\.)/;

/**
 * The oldest Debian that has a C library new enough for this Node.
 *
 * @param builtWith version of glibc; null: Node does not say
 */
export function defaultLabSuite(
  builtWith: string | null = reportOfNode().header.glibcVersionCompiler ?? null,
): LabSuite {
  return builtWith !== null && isNewer(builtWith, oldestGlibc) ? 'trixie' : 'bookworm';
}

function isNewer(version: string, than: string): boolean {
  return version.localeCompare(than, 'en', { numeric: true }) > 0;
}

/** Distributions link Node to libraries of their own; nodejs.org's has them inside. */
export function librariesOfNode(sharedObjects = reportOfNode().sharedObjects): string[] {
  return sharedObjects.filter((path) => !path.endsWith('.node') && !everywhere.test(basename(path)));
}

const outsideFile = /^NODE_SHARED_BUILTIN_\w+_PATH="?(\/[^"]+)"?$/;

/** Modules of Node's own that Debian's reads from files of other packages as it starts; nodejs.org's has them inside. */
export function modulesOfNode(defines: readonly string[] = process.config.target_defaults.defines): string[] {
  return defines.flatMap((define) => outsideFile.exec(define)?.[1] ?? []);
}

/** Copies what Node needs beside itself: libraries to `lib` in the folder, modules to `files` under their own paths. */
export async function copyPartsOfNode(folder: string): Promise<void> {
  const copies = [
    ...librariesOfNode().map((path) => [path, join(folder, 'lib', basename(path))] as const),
    ...modulesOfNode().map((path) => [path, join(folder, 'files', path)] as const),
  ];
  for (const [from, to] of copies) {
    await mkdir(dirname(to), { recursive: true });
    await copyFile(from, to);
  }
}

interface NodeReport {
  header: { glibcVersionCompiler?: string };
  sharedObjects: string[];
}

function reportOfNode(): NodeReport {
  return process.report.getReport() as NodeReport;
}
