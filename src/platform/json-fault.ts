/** Where a text stops being JSON, and why: the runtime says neither for every text, and quotes what somebody wrote. */

export interface JsonFault {
  readonly line: number;
  readonly column: number;
  /** `a comma or } should stand, not "x"`. */
  readonly why: string;
}

/** What may come next. */
type Wanted =
  'value' | 'first value' | 'name' | 'first name' | 'colon' | 'more fields' | 'more values' | 'end';

const WORDS: Readonly<Record<Wanted, string>> = {
  value: 'a value',
  'first value': 'a value or ]',
  name: 'the name of a field in double quotes',
  'first name': 'the name of a field in double quotes or }',
  colon: 'a colon',
  'more fields': 'a comma or }',
  'more values': 'a comma or ]',
  end: 'the end of the text',
};

/** What a token does: it opens or closes a level, is a whole value, or only says what comes next. */
type Step = Wanted | 'opens' | 'closes' | 'whole';

const VALUE: Readonly<Record<string, Step>> = { '"': 'whole', '0': 'whole', '{': 'opens', '[': 'opens' };
const STEPS: Readonly<Record<Wanted, Readonly<Record<string, Step>>>> = {
  value: VALUE,
  'first value': { ...VALUE, ']': 'closes' },
  name: { '"': 'colon' },
  'first name': { '"': 'colon', '}': 'closes' },
  colon: { ':': 'value' },
  'more fields': { ',': 'name', '}': 'closes' },
  'more values': { ',': 'value', ']': 'closes' },
  end: {},
};

const BLANK = /[\t\n\r ]*/y;
const PLAIN = /[{}[\],:]|(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.])/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

const matchAt = (pattern: RegExp, text: string, at: number): string | undefined => {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
};

interface Token {
  /** A bracket, comma or colon; `"` for a text, `0` for any other plain value, none for what is no part of JSON. */
  readonly kind: string;
  readonly end: number;
}

/** A text in quotes, or where it goes wrong. */
const quotedAt = (text: string, from: number): Token => {
  let at = from + 1;
  while (at < text.length) {
    const char = text[at] as string;
    if (char === '"') return { kind: '"', end: at + 1 };
    const step = char === '\\' ? (matchAt(ESCAPE, text, at)?.length ?? 0) : Number(char >= ' ');
    if (step === 0) break;
    at += step;
  }
  return { kind: '', end: at };
};

const tokenAt = (text: string, at: number): Token => {
  if (text[at] === '"') return quotedAt(text, at);
  const plain = matchAt(PLAIN, text, at);
  if (plain === undefined) return { kind: '', end: at };
  return { kind: plain.length === 1 && '{}[],:'.includes(plain) ? plain : '0', end: at + plain.length };
};

const afterValue = (open: readonly string[]): Wanted => {
  const last = open.at(-1);
  if (last === undefined) return 'end';
  return last === '{' ? 'more fields' : 'more values';
};

/** What may come after a token, in the brackets that are open. */
const after = (step: Step, kind: string, open: string[]): Wanted => {
  if (step === 'opens') {
    open.push(kind);
    return kind === '{' ? 'first name' : 'first value';
  }
  if (step === 'closes') open.pop();
  return step === 'closes' || step === 'whole' ? afterValue(open) : step;
};

const faultAt = (text: string, at: number, wanted: string): JsonFault => {
  const before = text.slice(0, at).split('\n');
  const char = text[at];
  const instead = char === undefined ? 'but it ends there' : `not ${JSON.stringify(char)}`;
  return {
    line: before.length,
    column: (before.at(-1)?.length ?? 0) + 1,
    why: `${wanted} should stand, ${instead}`,
  };
};

/** Undefined when the text is JSON. */
export const jsonFault = (text: string): JsonFault | undefined => {
  const open: string[] = [];
  let wanted: Wanted = 'value';
  for (let at = 0; ;) {
    at += matchAt(BLANK, text, at)?.length ?? 0;
    if (at === text.length && wanted === 'end') return undefined;
    const { kind, end } = tokenAt(text, at);
    if (kind === '' && end > at)
      return faultAt(text, end, 'a character of a text, or the quote that ends it,');
    const step = STEPS[wanted][kind];
    if (step === undefined) return faultAt(text, at, WORDS[wanted]);
    wanted = after(step, kind, open);
    at = end;
  }
};
