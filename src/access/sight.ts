import type { Principal } from './principal.js';

/**
 * What somebody sees: who asks, and the few cases that they must not know of. Every question is asked with one, made anew
 * for each request by `Sights`, so that what was recorded a moment ago holds.
 */
export class Sight {
  constructor(
    readonly principal: Principal,
    /** Ids of cases; whatever tells of cases leaves these out, also of what it counts. */
    readonly hidden: readonly string[],
    /** Ids of the hearings that hear one of them, be it among others: hidden with it. */
    readonly hiddenHearings: readonly string[],
    /** Of the hidden cases those that no broken glass shows them: where they have a part themselves, and what is sealed. */
    readonly barred: readonly string[],
    /** Of these, those that a seal alone hides: whoever asks has no part in them. */
    readonly sealed: readonly string[],
  ) {}

  sees(caseId: string): boolean {
    return !this.hidden.includes(caseId);
  }

  seesHearing(id: string): boolean {
    return !this.hiddenHearings.includes(id);
  }

  /** Of text that may name cases and hearings, such as recorded data: whether it names none that is hidden. */
  seesAllIn(text: string): boolean {
    return [...this.hidden, ...this.hiddenHearings].every((id) => !text.includes(id));
  }
}

/** For whoever holds the database itself: the command line, and the machine's own work. */
export const everything = new Sight({ id: 'redress', roles: [] }, [], [], [], []);
