/** Why a Containerfile could not be built: the cause first, without what a builder says of other things. */
import { readFile } from 'node:fs/promises';
import { CommandError, run } from '../../machine/command.ts';
import { ImageError, isDiskFull } from '../error.ts';

const hereDocument = /^\s*(?:RUN|COPY|ADD)\b[^\n]*<<-?\s*["']?\w/im;
/** The first buildah that knows here-documents. */
const knowsThem = [1, 33] as const;
const keptLines = 8;
const keptCharacters = 400;

/** @returns an ImageError, or the error itself where it is not of the build */
export async function explainBuild(error: unknown, builder: string, file: string): Promise<unknown> {
  if (!(error instanceof CommandError) || error.isMissing || error.isAborted || isDiskFull(error))
    return error;
  const said = causeIn(error.stderr);
  const text = await readFile(file, 'utf8').catch(() => '');
  if (builder === 'buildah' && hereDocument.test(text)) {
    const version = await buildahVersion();
    if (version !== null && isBefore(version, knowsThem)) {
      return new ImageError(
        `${file} has a here-document ("<<"), and buildah ${version} does not know them: ${said}`,
        `Write it without, or install buildah ${knowsThem.join('.')} or newer.`,
        { cause: error },
      );
    }
  }
  return new ImageError(
    `${builder} could not build ${file}: ${said}`,
    'Its output is quoted above; correct the Containerfile.',
    {
      cause: error,
    },
  );
}

/** What is called an error comes first; warnings and notes are of no use here. */
export function causeIn(stderr: string): string {
  const lines = stderr
    .trim()
    .split('\n')
    .filter((line) => !/\blevel=(?:warning|info|debug)\b/.test(line));
  const isError = (line: string): boolean => /^error\b|\blevel=(?:error|fatal)\b/i.test(line);
  const errors = lines.filter(isError).reverse();
  const others = lines.filter((line) => !isError(line)).slice(-keptLines);
  return [...errors, ...others]
    .slice(0, keptLines)
    .map((line) => line.replace(/^error: /i, '').slice(0, keptCharacters))
    .join('\n  ');
}

async function buildahVersion(): Promise<string | null> {
  const { stdout } = await run('buildah', ['--version']);
  return /version (\d+\.\d+)/.exec(stdout)?.[1] ?? null;
}

function isBefore(version: string, [major, minor]: readonly [number, number]): boolean {
  const [itsMajor = 0, itsMinor = 0] = version.split('.').map(Number);
  return itsMajor < major || (itsMajor === major && itsMinor < minor);
}
