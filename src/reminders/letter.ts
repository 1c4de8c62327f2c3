import { isOverdue } from '../clocks/deadline.js';
import { spoken } from './hearing-ladder.js';
import { INTAKE, type Recipient } from './recipients.js';
import { occurrenceOf, type Standing } from './reminder.standing.js';
import type { ReminderKey } from './reminder.key.js';

/** One reminder in a letter, and how its case stands. */
export interface Entry {
  readonly key: ReminderKey;
  readonly standing: Standing;
}

/** What a letter or a webhook tells of one reminder: references, days and duties, and where to look; nothing about anybody. */
export interface Line {
  readonly caseId: string;
  readonly reference: string;
  /** As it is recorded; `name`: as people call it. */
  readonly deadline: string;
  readonly name: string;
  readonly dueOn: string;
  readonly overdue: boolean;
  readonly step: string;
  /** Why the recipient is told: their duty on the case; intake: nobody handles it yet. */
  readonly duty: Recipient['duty'];
  /** They are told in the place of whoever has that duty, and is away. */
  readonly standsIn: boolean;
  /** The staff reference of whom it is for, where no address of theirs is known and the intake gets it; null otherwise. */
  readonly passOnTo: string | null;
  readonly link: string;
}

export const lineOn = ({ key, standing }: Entry, link: string, isTheirs: boolean): Line => {
  const { caseId, deadline, dueOn, step, recipient } = key;
  const told = occurrenceOf(standing, key)?.toTell.find(
    (each) => each.step === step && each.recipient === recipient,
  );
  return {
    caseId,
    reference: standing.reference,
    deadline,
    name: spoken(deadline),
    dueOn,
    overdue: isOverdue(dueOn, standing.today),
    step,
    duty: told?.duty ?? INTAKE,
    standsIn: (told?.inPlaceOf ?? null) !== null,
    passOnTo: isTheirs || recipient === INTAKE ? null : recipient,
    link,
  };
};
