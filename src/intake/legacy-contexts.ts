import { unguarded, type ComplaintContext } from '../complaints/complaint.context.js';
import { absent } from '../complaints/complaint.state.js';
import { nothingPending } from '../complaints/proceedings.reader.js';
import type { Actor } from '../event-store/event.js';
import type { ResolutionContext } from '../resolutions/resolution.context.js';
import type { LegacyIds } from './legacy-ids.js';

/**
 * What is true around the decisions of an import: legacy acts rest on nothing but the register, so nothing is looked up.
 * Written out: an import makes hundreds of thousands of these, and spreading one costs more than deciding.
 */

/** What is the same around every decision of one import. */
export interface ImportRun {
  readonly actor: Actor;
  readonly correlationId: string;
  /** The day it is where the register was kept. */
  readonly today: string;
  readonly now: string;
}

const nothingMade = (): string => {
  throw new Error('An import gives ids of its own.');
};

export const complaintContext = (run: ImportRun, ids: LegacyIds, on: string): ComplaintContext => ({
  id: ids('complaint'),
  actor: run.actor,
  actorParties: [],
  today: run.today,
  on,
  now: run.now,
  history: [],
  idFor: nothingMade,
  reference: '',
  policy: undefined,
  policyName: undefined,
  reckonedBy: undefined,
  deadlines: [],
  proceedings: nothingPending,
  erasure: undefined,
  assigneeParties: [],
  assigneeNames: [],
  referenced: true,
  guarding: unguarded,
  unknownParties: [],
  erasedParties: [],
  implicated: [],
  uploaded: undefined,
});

export const resolutionContext = (run: ImportRun, ids: LegacyIds, on: string): ResolutionContext => ({
  id: ids('resolution'),
  actor: run.actor,
  actorParties: [],
  today: run.today,
  on,
  now: run.now,
  history: [],
  idFor: (index) => ids('sanction', index),
  complaint: absent,
  policy: undefined,
  hearings: [],
  foundElsewhere: [],
  sentBackElsewhere: [],
  decidedElsewhere: [],
  decidedEarlier: [],
  begunEarlier: false,
  people: [],
});
