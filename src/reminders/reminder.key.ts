/** What one reminder is about. Each is recorded once for its key, whatever becomes of the queue. */
export interface ReminderKey {
  readonly caseId: string;
  readonly deadline: string;
  readonly dueOn: string;
  readonly step: string;
  readonly recipient: string;
}

/** The key as one line of text, for what needs a name: a claim, a letter. */
export const lineOf = ({ caseId, deadline, dueOn, step, recipient }: ReminderKey): string =>
  JSON.stringify([caseId, deadline, dueOn, step, recipient]);
