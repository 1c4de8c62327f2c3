import { Ids } from './ids.js';
import type { Principal } from './principal.js';

/** The few cases that somebody must not know of. */
export interface Unseen {
  /** Ids of cases; whatever tells of cases leaves these out, also of what it counts. */
  readonly hidden: Ids;
  /** Ids of the hearings that hear one of them, be it among others: hidden with it. */
  readonly hiddenHearings: Ids;
  /** Of the hidden cases those that no broken glass shows them: where they have a part themselves, and what is sealed. */
  readonly barred: Ids;
  /** Of these, those that a seal alone hides: whoever asks has no part in them. */
  readonly sealed: Ids;
}

const NOTHING: Unseen = { hidden: Ids.none, hiddenHearings: Ids.none, barred: Ids.none, sealed: Ids.none };

/** Every id in a text, also one that begins within what looks like another. */
const IDS = /(?=([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}))/g;

/**
 * What somebody sees: who asks, and what they must not know of. Every question is asked with one, made anew
 * for each request by `Sights`, so that what was recorded a moment ago holds.
 */
export class Sight implements Unseen {
  readonly hidden: Ids;
  readonly hiddenHearings: Ids;
  readonly barred: Ids;
  readonly sealed: Ids;
  /** Hidden cases and hearings: whom these name, and nothing else that they see, is hidden too. */
  readonly hiddenThings: Ids;

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
    this.hiddenThings = unseen.hidden.and(unseen.hiddenHearings);
  }

  sees(caseId: string): boolean {
    return !this.hidden.has(caseId);
  }

  seesHearing(id: string): boolean {
    return !this.hiddenHearings.has(id);
  }

  /** Of text that may name cases and hearings, such as recorded data: whether it names none that is hidden. */
  seesAllIn(text: string): boolean {
    if (this.hiddenThings.isEmpty) return true;
    return [...text.matchAll(IDS)].every(([, id = '']) => !this.hiddenThings.has(id));
  }
}

/** For whoever holds the database itself: the command line, and the machine's own work. */
export const everything = new Sight({ id: 'redress', roles: [] });
