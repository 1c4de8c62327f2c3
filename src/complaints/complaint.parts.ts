/** What a case file is made of, besides what the events say themselves. */

export interface Suspension {
  readonly suspensionId: string;
  readonly imposedOn: string;
  readonly respondentRef: string;
  readonly reviewOn: string;
  readonly live: boolean;
}

/** A stretch without a running clock: from that day until the day before `to`; null while it lasts. */
export interface Pause {
  readonly from: string;
  readonly to: string | null;
  readonly reason: string;
}

/** From the day it was closed to the day it was reopened. */
export interface Gap {
  readonly closedOn: string;
  readonly reopenedOn: string;
}

export interface Extension {
  readonly deadline: string;
  readonly grantedOn: string;
  readonly to: string;
}
