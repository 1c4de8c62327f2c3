import { Lexer } from 'yaml';

/** Whether the text of a policy can be read at all: the library recurses into what is nested, and is slow on what is long. */

const LONGEST = 40_000;
const DEEPEST = 30;

/** What opens and closes a level; a line of `- - -` opens one with each hyphen. */
const FLOW: Readonly<Record<string, number>> = { '[': 1, '{': 1, ']': -1, '}': -1 };
const BLOCK = new Set(['-', '?', ':']);

const linesIn = (token: string): number => token.split('\n').length - 1;

const nestedAt = (text: string): number | null => {
  let line = 1;
  let flow = 0;
  let block = 0;
  for (const token of new Lexer().lex(text)) {
    const lines = linesIn(token);
    flow = Math.max(0, flow + (FLOW[token] ?? 0));
    block = lines > 0 ? 0 : block + Number(flow === 0 && BLOCK.has(token));
    if (flow + block > DEEPEST) return line;
    line += lines;
  }
  return null;
};

/** The line of what must not be handed to the library, and why; null when it may. */
export const overgrown = (text: string): { readonly line: number; readonly message: string } | null => {
  if (text.length > LONGEST)
    return {
      line: 1,
      message: `This has more than ${LONGEST} characters; a policy set has a few thousand. Write it shorter.`,
    };
  const line = nestedAt(text);
  return line === null
    ? null
    : { line, message: `This is nested more than ${DEEPEST} levels deep. Write it flatter.` };
};
