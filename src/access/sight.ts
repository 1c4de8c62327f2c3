import type { Principal } from './principal.js';

/** The few cases that somebody must not know of. */
export interface Unseen {
  /** Ids of cases; whatever tells of cases leaves these out, also of what it counts. */
  readonly hidden: readonly string[];
  /** Ids of the hearings that hear one of them, be it among others: hidden with it. */
  readonly hiddenHearings: readonly string[];
  /** Of the hidden cases those that no broken glass shows them: where they have a part themselves, and what is sealed. */
  readonly barred: readonly string[];
  /** Of these, those that a seal alone hides: whoever asks has no part in them. */
  readonly sealed: readonly string[];
}

const NOTHING: Unseen = { hidden: [], hiddenHearings: [], barred: [], sealed: [] };

/**
 * What somebody sees: who asks, and what they must not know of. Every question is asked with one, made anew
 * for each request by `Sights`, so that what was recorded a moment ago holds.
 */
export class Sight implements Unseen {
  readonly hidden: readonly string[];
  readonly hiddenHearings: readonly string[];
  readonly barred: readonly string[];
  readonly sealed: readonly string[];

  constructor(
    readonly principal: Principal,
    unseen: Unseen = NOTHING,
  ) {
    ({
      hidden: this.hidden,
      hiddenHearings: this.hiddenHearings,
      barred: this.barred,
      sealed: this.sealed,
    } = unseen);
  }

  /** Hidden cases and hearings: whom these name, and nothing else that they see, is hidden too. */
  get hiddenThings(): readonly string[] {
    return [...this.hidden, ...this.hiddenHearings];
  }

  sees(caseId: string): boolean {
    return !this.hidden.includes(caseId);
  }

  seesHearing(id: string): boolean {
    return !this.hiddenHearings.includes(id);
  }

  /** Of text that may name cases and hearings, such as recorded data: whether it names none that is hidden. */
  seesAllIn(text: string): boolean {
    return this.hiddenThings.every((id) => !text.includes(id));
  }
}

/** For whoever holds the database itself: the command line, and the machine's own work. */
export const everything = new Sight({ id: 'redress', roles: [] });
