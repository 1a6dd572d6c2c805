/**
 * The end of the build: the types of the library, beside the program. Only of bench/library/api.ts and of what its types
 * are made of: declarations of everything would cost ten seconds, and make every type of the inside a name of its own.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

const home = join(import.meta.dirname, '..');
const { options } = ts.getParsedCommandLineOfConfigFile(
  join(home, 'tsconfig.build.json'),
  { noCheck: true, declaration: true, emitDeclarationOnly: true, sourceMap: false },
  { ...ts.sys, onUnRecoverableConfigFileDiagnostic: fail },
);
const files = [join(home, 'bench/library/api.ts')];
const program = ts.createProgram(files, options);
// Grows while it is walked: each declaration names those that it is made of.
for (const file of files) {
  const write = (path, text) => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    for (const [, name] of text.matchAll(/\b(?:from |import\()['"](\.[^'"]+)/g)) {
      const next = join(dirname(file), name);
      if (!files.includes(next)) files.push(next);
    }
  };
  program.emit(program.getSourceFile(file), write, undefined, true).diagnostics.forEach(fail);
}

function fail({ messageText }) {
  console.error(`types of the library: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`);
  process.exit(1);
}
