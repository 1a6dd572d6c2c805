/**
 * Whether a process is in a cgroup or below it, by the text of its /proc/<pid>/cgroup: `id:controllers:path` lines, one
 * per hierarchy on v1, one in all on v2. The path may have a prefix where this program itself is in a container.
 */
export function isMember(cgroupText: string, path: string): boolean {
  return cgroupText.split('\n').some((line) => {
    const own = line.slice(line.indexOf(':', line.indexOf(':') + 1) + 1);
    return own.endsWith(path) || own.includes(`${path}/`);
  });
}
