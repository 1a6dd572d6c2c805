/** Reads the text of a project file: options and their values. */
import { isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import { exitCodes, TareError } from '../environment/errors.ts';
import { projectFileOptions } from './options.ts';

interface Setting {
  key: string;
  values: string[];
  /** `file:line:column`. */
  place: string;
}

/** @throws TareError (exit 2) with the place, for what is no option or no value of one */
export function parseProjectFile(text: string, path: string): Setting[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const place = (offset: number | undefined): string => {
    const { line, col } = lines.linePos(offset ?? 0);
    return `${path}:${line}:${col}`;
  };
  const mistake = (offset: number | undefined, message: string): TareError =>
    new TareError(`${place(offset)}: ${message}`, exitCodes.usage);

  const broken = document.errors[0];
  if (broken) throw mistake(broken.pos[0], `not YAML: ${broken.message.split('\n')[0] ?? ''}`);
  if (document.contents === null) return [];
  if (!isMap(document.contents)) {
    throw mistake(document.contents.range[0], 'expected options and their values, such as `samples: 5`');
  }
  // A scenario or a workload may have that name, too, and sets no options.
  const { contents } = document;
  if (['platforms', 'workload', 'rootfs'].some((key) => contents.has(key))) return [];
  return contents.items.map((pair) => {
    const keyOffset = isScalar(pair.key) ? pair.key.range[0] : undefined;
    const key = isScalar(pair.key) ? String(pair.key.value) : '';
    const known = projectFileOptions.map((option) => option.name());
    if (!known.includes(key)) {
      throw mistake(keyOffset, `unknown option \`${key}\`; known are ${known.join(', ')}`);
    }
    const nodes = isSeq(pair.value) ? pair.value.items : [pair.value];
    const values = nodes.map((node) => {
      if (isScalar(node) && (typeof node.value === 'string' || typeof node.value === 'number')) {
        return String(node.value);
      }
      throw mistake(keyOffset, `\`${key}\` takes text or a number, or a list of them`);
    });
    return { key, values, place: place(keyOffset) };
  });
}
