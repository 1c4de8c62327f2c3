import type { Command } from 'commander';
import { REASON, showAtConsole } from '../access/console-looks.js';
import { everything } from '../access/sight.js';
import { References } from '../complaints/reference.queries.js';
import { onGround, optionsAs, say, Unusable } from '../platform/command-line.js';
import { table } from '../platform/table.js';
import { QuestionQueries, type Row } from './question.queries.js';
import { columnsOf, narrowingOf, questions, seenBy, type Narrowing, type Question } from './questions.js';

/** More than anybody reads, and less than fills the memory. */
const MOST = 100_000;

type Given = Readonly<Record<string, unknown>> & { readonly json?: boolean; readonly reason?: string };

const named = (name: string): Question => {
  const question = questions.find((each) => each.name === name);
  if (question) return question;
  throw new Unusable(
    `There is no question ${name}. Ask one of: ${questions.map((each) => each.name).join(', ')}.`,
  );
};

/** All at once: each page would ask the whole question anew. Errors: Unusable. */
const answer = async (queries: QuestionQueries, question: Question, asked: Narrowing) => {
  const { items, next } = await queries.ask(question, { ...asked, first: MOST }, everything);
  if (next === null) return items;
  throw new Unusable(`The answer has more than ${MOST} rows. Narrow it by --case, --person, --from or --to.`);
};

const cell = (value: unknown): string => {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
};

/** Who reads it names a case by its reference. */
const NUMBERS = ['caseId', 'position', 'look'];

const answerText = (question: Question, rows: readonly Row[]): string => {
  if (rows.length === 0) return `${question.summary}\n  None.`;
  const columns = Object.keys(columnsOf(question)).filter((name) => !NUMBERS.includes(name));
  return `${question.summary}\n${table([columns, ...rows.map((row) => columns.map((name) => cell(row[name])))])}`;
};

export const addAskCommand = (audit: Command): void => {
  audit
    .command('ask')
    .argument('[question]', questions.map(({ name }) => name).join(', '))
    .description(
      'what auditors ask, each answer with the positions that prove it; without a question, lists them',
    )
    .option('--case <case>', 'about this case, by its id or reference')
    .option('--person <staff>', 'done by this member of staff')
    .option('--party <id>', 'about this party')
    .option('--from <day>', 'recorded on this day or later')
    .option('--to <day>', 'recorded on this day or earlier')
    .option(...REASON)
    .option('--json', 'as JSON')
    .action(async (name: string | undefined, { json, reason, ...given }: Given) => {
      if (name === undefined) {
        const all = questions.map(({ name: called, summary }) => ({ name: called, summary }));
        say(json, all, () => table(all.map((each) => [each.name, each.summary])));
        return;
      }
      const question = named(name);
      const asked = optionsAs(narrowingOf(question), given);
      const rows = await onGround(async (ground) => {
        const { pool, clock } = ground;
        const found = await answer(new QuestionQueries(pool, new References(pool), clock), question, asked);
        return showAtConsole(ground, { line: 'audit ask', seen: [seenBy(question, asked)], reason }, found);
      });
      say(json, rows, () => answerText(question, rows));
    });
};
