/** A YAML file that has been read: its value, and where in the file each part of the value stands. */
import { lstatSync, readFileSync, statSync } from 'node:fs';
import { isAbsolute, relative } from 'node:path';
import {
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  parseDocument,
  Parser,
  visit,
} from 'yaml';
import type { Document } from 'yaml';
import { ScenarioError } from './error.ts';
import type { Mistake } from './error.ts';

const maxFileBytes = 2 ** 20;
/** Deeper than any scenario; the recursive YAML composer would end in a stack overflow. */
const maxDepth = 60;
/** More repetitions of anchored values than this are an attack ("billion laughs"), not a scenario. */
const maxAliases = 100;

export type Path = readonly PropertyKey[];

export interface Source {
  /** Absolute path. */
  file: string;
  /** Plain data, as the file has it. */
  value: unknown;
  /** A mistake at the place of a path of the value, or of its key; a missing part is placed at what should hold it. */
  mistake(path: Path, message: string, place?: 'value' | 'key'): Mistake;
}

/**
 * @param file absolute path
 * @param cwd folder that shown paths are relative to
 * @throws ScenarioError when the file cannot be read or is no YAML mapping; all syntax errors in one go
 */
export function readSource(file: string, cwd: string): Source {
  return parseSource(readText(file, shownPath(file, cwd)), file, cwd);
}

/** The same of a text that the file would hold. */
export function parseSource(text: string, file: string, cwd: string): Source {
  const shown = shownPath(file, cwd);
  refuseTooDeep(text, shown);
  const lines = new LineCounter();
  const position = (offset: number, message: string): Mistake => at(lines, shown, offset, message);
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
  const errors = [...document.errors, ...document.warnings];
  if (errors.length > 0) {
    throw new ScenarioError(errors.map((error) => position(error.pos[0], syntaxMessage(error))));
  }
  if (!isMap(document.contents)) {
    const what = document.contents === null ? 'the file is empty' : 'this is not a mapping';
    const offset = document.contents?.range[0] ?? 0;
    throw new ScenarioError([
      position(offset, `${what}; expected keys with values, the first being for instance "name: tomcat"`),
    ]);
  }
  const value = toData(document, position);
  return {
    file,
    value,
    mistake: (path, message, place = 'value') => position(offsetOf(document, path, place), message),
  };
}

/** Relative to the working directory where the file lies below it. */
export function shownPath(file: string, cwd: string): string {
  const below = relative(cwd, file);
  return below === '' || below.startsWith('..') || isAbsolute(below) ? file : below;
}

function readText(file: string, shown: string): string {
  const refuse = (message: string, line: number | null = null, column: number | null = null): ScenarioError =>
    new ScenarioError([{ file: shown, line, column, message }]);
  let bytes: Buffer;
  try {
    const stat = statSync(file);
    if (stat.isDirectory()) throw refuse('is a folder; expected a YAML file');
    if (!stat.isFile()) throw refuse('is not a regular file; expected a YAML file');
    if (stat.size > maxFileBytes) {
      throw refuse(
        `is ${(stat.size / 2 ** 20).toFixed(1)} MiB large; expected a YAML file of at most 1 MiB`,
        1,
        1,
      );
    }
    bytes = readFileSync(file);
  } catch (error) {
    if (error instanceof ScenarioError) throw error;
    throw refuse(readProblem(file, error));
  }
  const zero = bytes.indexOf(0);
  if (zero >= 0) {
    const before = bytes.subarray(0, zero).toString('latin1').split('\n');
    const column = (before.at(-1)?.length ?? 0) + 1;
    throw refuse('a zero byte: this is a binary file; expected YAML text', before.length, column);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw refuse('is not UTF-8 text; expected YAML text in UTF-8', 1, 1);
  }
}

function readProblem(file: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  if (code === 'ENOENT') {
    return lstatSync(file, { throwIfNoEntry: false })
      ? 'is a link to a file that does not exist'
      : 'no such file; expected the path of a YAML file';
  }
  if (code === 'EACCES') return 'may not be read by this user; expected a readable YAML file';
  return `cannot be read (${code}); expected a readable YAML file`;
}

/** The parser keeps a stack of its own, but the composer after it recurses and would overflow. */
function refuseTooDeep(text: string, shown: string): void {
  const lines = new LineCounter();
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    Array.from(parser.next(lexeme));
    // Each level of the value puts at most two tokens on the stack.
    if (parser.stack.length <= 2 * maxDepth) continue;
    const message = `nested more than ${maxDepth} levels deep; no scenario needs that`;
    throw new ScenarioError([at(lines, shown, parser.offset, message)]);
  }
}

function at(lines: LineCounter, file: string, offset: number, message: string): Mistake {
  const { line, col } = lines.linePos(offset);
  return { file, line: Math.max(1, line), column: Math.max(1, col), message };
}

function syntaxMessage(error: { code: string; message: string }): string {
  switch (error.code) {
    case 'DUPLICATE_KEY':
      return 'duplicate key in this mapping; keep one of them';
    case 'TAB_AS_INDENT':
      return 'a tab indents this line; YAML is indented with spaces';
    case 'MULTIPLE_DOCS':
      return 'a second document ("---") begins here; a file holds one';
    default:
      return `broken YAML: ${error.message}`;
  }
}

function toData(document: Document, position: (offset: number, message: string) => Mistake): unknown {
  const unresolved: Mistake[] = [];
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document)) return;
      unresolved.push(position(startOf(alias) ?? 0, `no anchor "&${alias.source}" stands before this alias`));
    },
  });
  if (unresolved.length > 0) throw new ScenarioError(unresolved);
  try {
    const value: unknown = document.toJS({ maxAliasCount: maxAliases });
    // An anchor that contains its own alias becomes a value that contains itself, and that throws here.
    JSON.stringify(value);
    return value;
  } catch (error) {
    const tooMany = error instanceof ReferenceError;
    const what = tooMany ? 'aliases repeat too much' : 'an anchor contains its own alias';
    throw new ScenarioError([position(0, `${what}; write the values out`)]);
  }
}

function offsetOf(document: Document, path: Path, place: 'value' | 'key'): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [depth, step] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find(
        (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(step),
      );
      if (!pair) return offset;
      const key = startOf(pair.key) ?? offset;
      if (place === 'key' && depth === path.length - 1) return key;
      node = pair.value;
      offset = startOf(node) ?? key;
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      offset = startOf(node) ?? offset;
    } else {
      return offset;
    }
  }
  return offset;
}

function startOf(node: unknown): number | null {
  if (isAlias(node) || isScalar(node) || isMap(node) || isSeq(node)) return node.range?.[0] ?? null;
  return null;
}
