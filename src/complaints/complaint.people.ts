import type { Entry } from '../event-store/event.js';
import { alsoNamed, partiesNamedBy } from '../event-store/named.js';
import { complaintEvents } from './complaint.events.js';

/** What a case says of the staff who hold it, and of those who must have no part in it. */
export interface StaffOnCase {
  readonly handlerId?: string | undefined;
  readonly investigatorId?: string | undefined;
  /** Staff who declared a conflict or were recused: they act on this case no more. */
  readonly recused: readonly string[];
  /** Staff who turned out to be a party, once each. */
  readonly implicated?: readonly string[] | undefined;
}

const left = ({ handlerId, investigatorId }: StaffOnCase, staffId: string) => ({
  handlerId: handlerId === staffId ? undefined : handlerId,
  investigatorId: investigatorId === staffId ? undefined : investigatorId,
});

export const steppedAside = (file: StaffOnCase, staffId: string): StaffOnCase => ({
  ...left(file, staffId),
  recused: [...file.recused, staffId],
});

export const implicated = (file: StaffOnCase, staffId: string): Partial<StaffOnCase> => ({
  ...left(file, staffId),
  implicated: [...new Set([...(file.implicated ?? []), staffId])],
});

export interface Naming {
  /** Parties that any of its entries names, besides the sides that it was received with. */
  readonly named?: readonly string[] | undefined;
}

const partiesIn = partiesNamedBy(complaintEvents);
/** A side stays one until an entry is corrected, which names it. */
const ADDS_SIDES: ReadonlySet<string> = new Set(['ComplaintReceived', 'RespondentIdentified']);

export const namedWith = ({ named }: Naming, entry: Entry): Naming['named'] =>
  ADDS_SIDES.has(entry.type) ? named : alsoNamed(named, partiesIn(entry));
