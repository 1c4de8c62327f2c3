import { z } from 'zod';
import { pageOf, readsOf, type Read, type ReadDoor } from '../access/read-door.js';
import { pageRequest } from '../platform/page.js';
import { QuestionQueries } from './question.queries.js';
import { columnsOf, narrowingOf, questions, seenBy, type Narrowing, type Question } from './questions.js';

const read = readsOf<QuestionQueries>();

const pascal = (name: string): string =>
  name.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());

const readOf = (question: Question): Read<QuestionQueries> =>
  read({
    summary: question.summary,
    path: `audit/questions/${question.name}`,
    looks: { shown: (asked: Narrowing) => [seenBy(question, asked)] },
    permission: 'questions',
    params: z.strictObject({ ...narrowingOf(question).shape, ...pageRequest.shape }),
    answer: pageOf(z.object(columnsOf(question)).meta({ id: `${pascal(question.name)}Answer` })),
    ask: (queries, asked, sight) => queries.ask(question, asked, sight),
  });

export const questionReads: ReadDoor<QuestionQueries> = {
  queries: QuestionQueries,
  reads: Object.fromEntries(questions.map((question) => [`ask${pascal(question.name)}`, readOf(question)])),
};
