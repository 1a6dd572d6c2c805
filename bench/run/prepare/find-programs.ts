/** Programs that the workload names without a path: platforms search no PATH, so they are looked up in the payload first. */
import { IncompleteImageError } from '../../../runners/payload/error.ts';
import { findProgram } from '../../../runners/payload/find-program.ts';
import type { BuiltPayload } from '../../../runners/payload/payload.ts';
import { defaultPath } from '../../../runners/shared/payload-launch.ts';
import type { ResolvedPlatform, ResolvedScenario } from '../../../scenarios/resolved.ts';

/**
 * @returns the scenario with absolute paths; the same scenario where it has them already
 * @throws IncompleteImageError where the payload has no such program
 */
export async function withPrograms(
  scenario: ResolvedScenario,
  { root }: Pick<BuiltPayload, 'root'>,
): Promise<ResolvedScenario> {
  const { workload, platforms } = scenario;
  if (platforms.every(({ launch }) => launch.command[0]?.startsWith('/') !== false)) return scenario;
  const search = async (platform: ResolvedPlatform): Promise<ResolvedPlatform> => {
    const { command, environment } = platform.launch;
    const [program = '', ...args] = command;
    const found = await findProgram(program, {
      root,
      path: environment['PATH'] ?? defaultPath,
      workdir: workload.workdir,
    });
    if (found.path === null) {
      throw new IncompleteImageError(
        `The payload has no program ${program} (${found.lookedIn})`,
        'Begin "command" with its absolute path in the payload, or add what it comes with.',
      );
    }
    return { ...platform, launch: { environment, command: [found.path, ...args] } };
  };
  return { ...scenario, platforms: await Promise.all(platforms.map(search)) };
}
