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

/** The reminders that one person gets in one letter on a local day. */
export interface Digest {
  readonly recipient: string;
  readonly day: string;
  readonly keys: readonly ReminderKey[];
}

/** A digest as one line of text. What it says is fixed when it is first to be sent, so that this names one letter. */
export const digestLine = ({ recipient, day }: Omit<Digest, 'keys'>): string =>
  JSON.stringify(['digest', recipient, day]);
