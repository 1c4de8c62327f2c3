import { jsonFault } from './json-fault.js';

/** JSON as it is written: where each field stands, and which stand twice. `JSON.parse` keeps the last of them and says nothing. */

/** One level of the text: an object with the names seen so far, or a list with the place that was reached. */
interface Level {
  readonly names: Names | null;
  at: string | number;
}

const FEW = 16;

/** Most objects have a handful of names, of which a list costs less than a set. */
class Names {
  private readonly few: string[] = [];
  private many?: Set<string>;

  has(name: string): boolean {
    return this.many ? this.many.has(name) : this.few.includes(name);
  }

  add(name: string): void {
    if (this.many) this.many.add(name);
    else if (this.few.push(name) > FEW) this.many = new Set(this.few);
  }
}

type Visit = (levels: readonly Level[], name: string, offset: number) => boolean;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Where the text ends that begins at a quote. */
const endOfText = (json: string, from: number): number => {
  for (let end = json.indexOf('"', from + 1); end !== -1; end = json.indexOf('"', end + 1)) {
    let before = end - 1;
    while (json.charCodeAt(before) === BACKSLASH) before -= 1;
    if ((end - before) % 2 === 1) return end;
  }
  return json.length;
};

const isName = (json: string, end: number): boolean => {
  let next = end + 1;
  while (json.charCodeAt(next) <= 0x20) next += 1;
  return json[next] === ':';
};

const nameIn = (json: string, from: number, end: number): string => {
  const name = json.slice(from + 1, end);
  return name.includes('\\') ? (JSON.parse(`"${name}"`) as string) : name;
};

const step = (levels: Level[], char: string | undefined): void => {
  const level = levels.at(-1);
  if (char === '{') levels.push({ names: new Names(), at: '' });
  else if (char === '[') levels.push({ names: null, at: 0 });
  else if (char === '}' || char === ']') levels.pop();
  else if (char === ',' && typeof level?.at === 'number') level.at += 1;
};

/** Deeper than anything is read that anybody sends here. */
const DEEPEST = 100;

/** Calls for each field of a text that is JSON, until it is told that this is enough. */
const visitFields = (json: string, visit: Visit): void => {
  const levels: Level[] = [];
  for (let offset = 0; offset < json.length; offset += 1) {
    if (json.charCodeAt(offset) !== QUOTE) {
      step(levels, json[offset]);
      if (levels.length > DEEPEST) return;
      continue;
    }
    const end = endOfText(json, offset);
    const level = levels.at(-1);
    if (level?.names && isName(json, end)) {
      level.at = nameIn(json, offset, end);
      if (visit(levels, level.at, offset)) return;
      level.names.add(level.at);
    }
    offset = end;
  }
};

const pathOf = (levels: readonly Level[]): string => levels.map(({ at }) => at).join('.');

const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length;

export interface Found {
  readonly path: string;
  readonly line: number;
}

/** The first field of a JSON text that its object has already. */
export const repeatedField = (json: string): Found | undefined => {
  let found: Found | undefined;
  visitFields(json, (levels, name, offset) => {
    if (!levels.at(-1)?.names?.has(name)) return false;
    found = { path: pathOf(levels), line: lineAt(json, offset) };
    return true;
  });
  return found;
};

/** What a file holds is not JSON, or not what it seems; the sentence says why. */
export class UnreadableJson extends Error {
  constructor(
    readonly line: number,
    message: string,
  ) {
    super(message);
  }
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const fault = jsonFault(text);
    if (!fault) throw error;
    throw new UnreadableJson(fault.line, `This is not JSON: in column ${fault.column} ${fault.why}.`);
  }
};

/** The value in the text of a file. Errors: UnreadableJson. */
export const readJson = (text: string): unknown => {
  const value = parsed(text);
  const twice = repeatedField(text);
  if (twice) throw new UnreadableJson(twice.line, `${twice.path} stands there twice. Leave one of them out.`);
  visitFields(text, (levels, name, offset) => {
    if (name === '__proto__')
      throw new UnreadableJson(
        lineAt(text, offset),
        `${pathOf(levels)}: no field can have this name in JavaScript, so it would be lost. Write it otherwise.`,
      );
    return false;
  });
  return value;
};

/** The line of a place in a JSON text; of what is missing there, the line of what should hold it. */
export const lineOfPath = (json: string, path: readonly PropertyKey[]): number => {
  let line = 1;
  let longest = 0;
  visitFields(json, (levels, _, offset) => {
    const shared = levels.every(({ at }, index) => String(at) === String(path[index]));
    if (shared && levels.length > longest) {
      longest = levels.length;
      line = lineAt(json, offset);
    }
    return longest === path.length;
  });
  return line;
};
