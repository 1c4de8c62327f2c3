import type { ComplaintContext } from '../complaints/complaint.context.js';
import type { ComplaintEvent } from '../complaints/complaint.events.js';
import { complaint } from '../complaints/complaint.js';
import { absent, type Complaint } from '../complaints/complaint.state.js';
import { nothingPending } from '../complaints/proceedings.reader.js';
import type { Command, Envelope } from '../event-store/command.js';
import type { Slice } from '../event-store/desk.js';
import type { ResolutionContext } from '../resolutions/resolution.context.js';
import type { ResolutionEvent } from '../resolutions/resolution.events.js';
import { resolution } from '../resolutions/resolution.js';
import type { Resolution } from '../resolutions/resolution.state.js';
import type { LegacyIds } from './legacy-ids.js';

/** What is the same around every decision of one import. */
export interface ImportRun {
  readonly actor: Envelope['actor'];
  readonly correlationId: string;
  /** The day it is where the register was kept. */
  readonly today: string;
  readonly now: string;
}

const dayOf = ({ envelope: { occurred } }: Command, run: ImportRun): string =>
  occurred && 'date' in occurred ? occurred.date : run.today;

const nothingMade = (): string => {
  throw new Error('An import gives ids of its own.');
};

// The contexts are written out: an import makes hundreds of thousands, and spreading costs more than deciding.

/** A complaint as the import decides it: legacy acts rest on nothing but the register, so nothing is looked up. */
export const legacyComplaints = (run: ImportRun): Slice<Complaint, ComplaintContext, ComplaintEvent> => ({
  decider: complaint,
  gather: (command, own) => {
    const on = dayOf(command, run);
    const context: ComplaintContext = {
      id: command.id,
      actor: run.actor,
      actorParties: [],
      today: run.today,
      on,
      now: run.now,
      history: own.history,
      idFor: nothingMade,
      reference: '',
      policy: undefined,
      policyName: undefined,
      deadlines: [],
      proceedings: nothingPending,
      assigneeParties: [],
      referenced: true,
      unknownParties: [],
      uploaded: undefined,
    };
    return Promise.resolve({ occurred: { date: on }, subject: `case:${command.id}`, context });
  },
});

/** The decision of such a case: sealed under the key that is born with the case, in the same append. */
export const legacyResolutions = (
  run: ImportRun,
  ids: LegacyIds,
): Slice<Resolution, ResolutionContext, ResolutionEvent> => ({
  decider: resolution,
  gather: (command, own) => {
    const on = dayOf(command, run);
    const context: ResolutionContext = {
      id: command.id,
      actor: run.actor,
      actorParties: [],
      today: run.today,
      on,
      now: run.now,
      history: own.history,
      idFor: (index) => ids('sanction', index),
      complaint: absent,
      policy: undefined,
      hearings: [],
      foundElsewhere: [],
      sentBackElsewhere: [],
      people: [],
    };
    return Promise.resolve({ occurred: { date: on }, subject: `case:${ids('complaint')}`, context });
  },
});
