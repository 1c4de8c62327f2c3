import { hkdfSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { complaintEvents } from '../../complaints/complaint.events.js';
import { bare, type Catalogue } from '../../event-store/catalogue.js';
import { id, partyRef, SEAL_MARK, staffRef } from '../../event-store/schema.js';
import { hearingEvents } from '../../hearings/hearing.events.js';
import { partyEvents } from '../../parties/party.js';
import { reminderEvents } from '../../reminders/reminder.events.js';
import { resolutionEvents } from '../../resolutions/resolution.events.js';
import { staffEvents } from '../../staff/staff.events.js';
import { exportedEvent, PEOPLE_FIELDS, SEALED, type SelectedEvent } from './exported-event.js';
import { clearReferences, pseudonymsBy, PURPOSE } from './pseudonyms.js';

const catalogues: readonly Catalogue[] = [
  complaintEvents,
  hearingEvents,
  partyEvents,
  reminderEvents,
  resolutionEvents,
  staffEvents,
];

/** Ids of things. Whatever else is an id is a `partyRef`, until somebody adds it here. */
const THINGS = new Set([
  'absenceId',
  'allegationId',
  'allegationIds',
  'appealId',
  'appealIds',
  'complaintId',
  'complaintIds',
  'documentId',
  'documentIds',
  'eventId',
  'feedId',
  'hearingId',
  'hearingIds',
  'holdId',
  'openingId',
  'remedyId',
  'resolutionId',
  'sanctionId',
  'suspensionId',
  'undoneHearings',
]);

const leaves = (schema: z.core.$ZodType, field: string): [field: string, schema: z.core.$ZodType][] => {
  const inner = bare(schema);
  if (inner instanceof z.ZodObject)
    return Object.entries(inner.shape).flatMap(([name, each]) => leaves(each as z.core.$ZodType, name));
  return inner instanceof z.ZodArray ? leaves(inner.element, field) : [[field, inner]];
};

const fields = catalogues
  .flatMap((catalogue) => Object.values(catalogue))
  .flatMap(({ schema }) => leaves(schema, ''));

const told = (data: object, more: Partial<SelectedEvent> = {}): SelectedEvent => ({
  position: 1,
  id: '01931a2b-0000-7000-8000-000000000001',
  stream: 'complaint-01931a2b-0000-7000-8000-000000000002',
  version: 1,
  type: 'HandlerAssigned',
  schemaVersion: 1,
  on: '2026-03-02',
  occurred: { date: '2026-03-02' },
  recordedAt: '2026-03-02T10:00:00.000000Z',
  actorId: 'staff-1',
  role: 'casework-head',
  onBehalfOf: null,
  correlationId: 'request-1',
  causationId: null,
  caseIds: [],
  text: JSON.stringify(data),
  ...more,
});

describe('an event in an export', () => {
  const secretOf = (master: Buffer) => Buffer.from(hkdfSync('sha256', master, Buffer.alloc(0), PURPOSE, 32));
  const nameOf = pseudonymsBy(secretOf(Buffer.alloc(32, 7)));

  it('has a pseudonym for whoever its fields can name: every field of every event is known', () => {
    const staff = fields.filter(([, schema]) => schema === staffRef).map(([field]) => field);
    const ids = fields.filter(([, schema]) => schema === id).map(([field]) => field);
    expect(staff.length).toBeGreaterThan(10);
    expect(staff.filter((field) => !PEOPLE_FIELDS.has(field))).toEqual([]);
    const parties = fields.filter(([, schema]) => schema === partyRef).map(([field]) => field);
    expect(parties.filter((field) => !PEOPLE_FIELDS.has(field))).toEqual([]);
    expect(ids.filter((field) => !THINGS.has(field))).toEqual([]);
  });

  it('names one person the same everywhere, under one key', () => {
    const { actor, data, people } = exportedEvent(told({ handlerId: 'staff-1' }), nameOf);
    expect(actor).toBe('person-e078a3c2bea784ffad71');
    expect(data).toEqual({ handlerId: actor });
    expect(people).toEqual([
      { name: actor, as: 'actor' },
      { name: actor, as: 'handlerId' },
    ]);
    expect(pseudonymsBy(secretOf(Buffer.alloc(32, 8)))('staff-1')).not.toBe(actor);
  });

  it('leaves days and sealed text alone, and never tells whose key sealed it', () => {
    const sealed = `${SEAL_MARK}party:01931a2b-0000-7000-8000-000000000003.abc`;
    const data = { from: '2026-03-02', to: sealed, reasons: sealed, nested: [{ name: sealed }] };
    expect(exportedEvent(told(data), nameOf).data).toEqual({
      from: '2026-03-02',
      to: SEALED,
      reasons: SEALED,
      nested: [{ name: SEALED }],
    });
  });

  it('knows whom a correction is about by its path', () => {
    const data = { path: ['members', '0', 'staffId'], old: 'staff-1', new: 'staff-2', reason: 'r' };
    const { data: found } = exportedEvent(told(data, { type: 'EntryCorrected' }), nameOf);
    expect(found).toMatchObject({ old: nameOf('staff-1'), new: nameOf('staff-2'), reason: 'r' });
  });

  it('does not tell a party by its stream', () => {
    const stream = 'party-01931a2b-0000-7000-8000-000000000003';
    const { stream: found } = exportedEvent(told({ kind: 'person' }, { stream }), nameOf);
    expect(found).toBe(`party-${nameOf('01931a2b-0000-7000-8000-000000000003')}`);
  });

  it('tells references as they are where that was asked for', () =>
    expect(exportedEvent(told({ handlerId: 'staff-2' }), clearReferences)).toMatchObject({
      actor: 'staff-1',
      data: { handlerId: 'staff-2' },
    }));
});
