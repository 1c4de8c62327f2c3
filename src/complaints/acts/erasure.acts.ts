import { refuseThroughGlass } from '../complaint.confidential.js';
import { act, isErased } from '../complaint.context.js';
import { known } from '../complaint.state.js';
import { refuseNamedInRegister } from '../outside-contacts.js';
import {
  alreadyErased,
  erasureInput,
  refuseBeforeItsDay,
  refuseWhileNeeded,
  type Erasable,
} from '../../event-store/erasure.js';
import type { Complaint } from '../complaint.state.js';

/** The case as an erasure looks at it. */
export const erasable = (complaint: Complaint, keptUntil: string | undefined): Erasable => {
  const { reference, phase, holds, erased } = known(complaint);
  return {
    reference,
    open: phase === 'open',
    held: holds.length > 0,
    keptUntil: erased ? undefined : keptUntil,
  };
};

/** Whoever must leave a case leaves it, and what guards it is lifted, also when nothing that is said of it is kept any more. */
const AFTER_ERASURE: ReadonlySet<string> = new Set([
  'DeclareConflict',
  'Recuse',
  'Implicate',
  'LiftRestriction',
  'LiftSeal',
  'ReviewBreakGlass',
]);

/** Errors: RuleBroken `personal-data-erased`. */
export const refuseErased = (complaint: Complaint, name: string): void => {
  if (isErased(complaint) && !AFTER_ERASURE.has(name)) throw alreadyErased();
};

export const erasureActs = {
  Erase: act({
    summary:
      'Destroy the keys of a closed case and its hearings: what people wrote in it, and its documents, can never be read again.',
    when: 'existing',
    input: erasureInput,
    possible: (complaint, context) => {
      refuseThroughGlass(known(complaint), context);
      refuseWhileNeeded(erasable(complaint, undefined));
    },
    decide: (data, complaint, context) => {
      const { erasure, today } = context;
      refuseNamedInRegister(context);
      refuseBeforeItsDay(erasable(complaint, erasure?.keptUntil), data.basis, today);
      return [
        { type: 'PersonalDataErased', data: { ...data, hearingIds: [...(erasure?.hearingIds ?? [])] } },
      ];
    },
  }),
};
