import { InvalidInput, NotFound, RuleBroken } from '../event-store/errors.js';
import { periodsIn } from './periods.js';
import type { StatisticsRequest } from './statistics-view.js';

/**
 * What keeps releases from being subtracted from each other: they are of whole periods that are over, and of any day there
 * is one release that counts. Pure.
 */

type Question = Pick<StatisticsRequest, 'from' | 'to' | 'period' | 'by' | 'source' | 'threshold'>;

/** A release on record, as far as another one must know of it. */
export interface OnRecord {
  readonly id: string;
  readonly question: Question;
  readonly replaces?: string | undefined;
}

const inYearOf = (day: string, { period }: Question) =>
  periodsIn(`${day.slice(0, 4)}-01-01`, `${day.slice(0, 4)}-12-31`, period);

const isCut = (question: Question): boolean =>
  !inYearOf(question.from, question).some(({ from }) => from === question.from) ||
  !inYearOf(question.to, question).some(({ to }) => to === question.to);

/** Errors: InvalidInput `periods-cut`, RuleBroken `period-not-over`. */
const checkDays = (question: Question, today: string): void => {
  const { from, to, period } = question;
  if (isCut(question))
    throw new InvalidInput(
      'periods-cut',
      `${from} to ${to} cuts a ${period}. What is published is of whole periods: begin on the first day of one and end on the last day of one.`,
    );
  if (to >= today)
    throw new RuleBroken(
      'period-not-over',
      `${to} is not over yet. Publish a period when it has ended; figures of its part could be subtracted from those of the whole.`,
    );
};

/** Cases of two registers are different cases. */
const mayShareCases = (one: Question, other: Question): boolean =>
  one.source === undefined || other.source === undefined || one.source === other.source;

const overlaps = (one: Question, other: Question): boolean =>
  one.from <= other.to && other.from <= one.to && mayShareCases(one, other);

const asks = ({ from, to, period, by, source, threshold }: Question): string =>
  JSON.stringify([from, to, period, by ?? null, source ?? null, threshold]);

/**
 * Errors: as above, and RuleBroken `already-published`, `another-question`, NotFound where there is no release to replace.
 */
export const checkRelease = (
  question: Question,
  replaces: string | undefined,
  { today, releases }: { readonly today: string; readonly releases: readonly OnRecord[] },
): void => {
  checkDays(question, today);
  const replaced = new Set(releases.map((each) => each.replaces));
  const counting = releases.filter(({ id }) => !replaced.has(id));
  const named = counting.find(({ id }) => id === replaces);
  if (replaces !== undefined && !named) throw new NotFound('release that counts', replaces);
  const other = counting.find((each) => each !== named && overlaps(each.question, question));
  if (other)
    throw new RuleBroken(
      'already-published',
      `Release ${other.id} has figures of days from ${other.question.from} to ${other.question.to}. Two releases of one day can be subtracted to find what is left out. Cite that one; to correct it, ask its own question and say replaces.`,
    );
  if (named && asks(named.question) !== asks(question))
    throw new RuleBroken(
      'another-question',
      `Release ${named.id} asked another question. What replaces it has to ask the same one: days, period, by, source and threshold.`,
    );
};
