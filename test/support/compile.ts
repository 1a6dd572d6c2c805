/** The compiler on a few files, with changes that are on no disk. What it has read once, it keeps for the next time. */
import { join } from 'node:path';
import ts from 'typescript';

/** Takes the changed texts by path, and returns what is wrong with the files. */
export type Compile = (changes: ReadonlyMap<string, string>) => string[];

/** @param files paths in the folder. Other files are read as far as these need them, and not checked. */
export function compilerOf(folder: string, files: readonly string[]): Compile {
  const { config } = ts.readConfigFile(join(folder, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
    config: unknown;
  };
  const options = { ...ts.parseJsonConfigFileContent(config, ts.sys, folder).options, noEmit: true };
  const read = new Map<string, ts.SourceFile | undefined>();
  let last: ts.Program | undefined;
  return (changes) => {
    const changed = new Map([...changes].map(([path, text]) => [join(folder, path), text]));
    const host = ts.createCompilerHost(options, true);
    const getSourceFile = host.getSourceFile.bind(host);
    host.getSourceFile = (path, version, ...rest) => {
      const text = changed.get(path);
      if (text !== undefined) return ts.createSourceFile(path, text, version, true);
      if (!read.has(path)) read.set(path, getSourceFile(path, version, ...rest));
      return read.get(path);
    };
    const names = files.map((path) => join(folder, path));
    const program = ts.createProgram(names, options, host, last);
    last = program;
    return names
      .map((name) => program.getSourceFile(name))
      .filter((source) => source !== undefined)
      .flatMap((source) => program.getSemanticDiagnostics(source))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  };
}
