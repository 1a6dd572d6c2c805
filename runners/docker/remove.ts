/** Removes from the user's docker engine what a run has made there, and nothing else: everything carries its label or name. */
import { runEngine, type EngineCommand } from '../container-engine/command.ts';
import { findProgram } from '../machine/programs.ts';
import { dockerCommand } from './engine.ts';

/** @param runName name of the run: `tare-<id>` */
export function labelOf(runName: string): string {
  return `tare.run=${runName}`;
}

/** Name of the image that a platform loads. */
export function imageOf(runName: string, platform: string): string {
  return `${runName}:${platform}`;
}

/** What is gone already is no error. Throws when the engine does not answer. */
export async function removeFromEngine(socket: string, runName: string): Promise<void> {
  const cli = await findProgram('docker');
  if (cli === null) throw new Error('docker is not installed any more');
  const engine = dockerCommand(cli, socket);
  const label = `label=${labelOf(runName)}`;
  const containers = await list(engine, ['ps', '--all', '--quiet', '--filter', label]);
  if (containers.length > 0) await runEngine(engine, ['rm', '--force', '--volumes', ...containers]);
  const networks = await list(engine, ['network', 'ls', '--quiet', '--filter', label]);
  if (networks.length > 0) await runEngine(engine, ['network', 'rm', ...networks]);
  const format = ['--format', '{{.Repository}}:{{.Tag}}'];
  const images = await list(engine, ['image', 'ls', ...format, '--filter', `reference=${runName}:*`]);
  if (images.length > 0) await runEngine(engine, ['image', 'rm', ...images]);
}

async function list(engine: EngineCommand, args: readonly string[]): Promise<string[]> {
  return (await runEngine(engine, args)).stdout.split('\n').filter(Boolean);
}
