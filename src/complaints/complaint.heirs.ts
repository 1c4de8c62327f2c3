import { RuleBroken } from '../event-store/errors.js';
import { guardedUntil, isLeftToNobody, leftOn } from './complaint.confidential.js';
import type { ComplaintContext } from './complaint.context.js';
import type { ComplaintEvent } from './complaint.events.js';
import type { KnownComplaint } from './complaint.state.js';

const MOST_NAMED = 50;

/**
 * What is recorded with the leaving of the last who may know of a restricted or sealed case: it is handed on, to those who are
 * named for less long than it is sealed, else to the heads of casework. Nothing while somebody is left, or where there is no head.
 */
export const handedOn = (
  file: KnownComplaint,
  { today, guarding }: Pick<ComplaintContext, 'today' | 'guarding'>,
): readonly ComplaintEvent[] => {
  const until = guardedUntil(file, today);
  if (until === undefined || !isLeftToNobody(file, today)) return [];
  const left = leftOn(file, today) ?? [];
  const free = guarding.heirs.filter(
    (each) => !file.recused.includes(each) && !file.implicated?.includes(each),
  );
  const people = (left.length > 0 ? left : free).slice(0, MOST_NAMED);
  const basis = 'Handed on: nobody else was left who may know of it.';
  return people.length === 0 ? [] : [{ type: 'CaseRestricted', data: { people: [...people], basis, until } }];
};

/** As it would stand. Errors: RuleBroken `nobody-left`. */
export const refuseNobodyLeft = (file: KnownComplaint, today: string): void => {
  if (isLeftToNobody(file, today))
    throw new RuleBroken(
      'nobody-left',
      'Then nobody could know of this case any more while it is restricted or sealed. First name somebody else in a restriction that lasts as long, or enrol a head of casework who is free to have it.',
    );
};
