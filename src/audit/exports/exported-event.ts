import { isDate } from '../../clocks/days.js';
import type { Occurred } from '../../event-store/event.js';
import { SEAL_MARK } from '../../event-store/schema.js';
import type { NameOf } from './pseudonyms.js';

/** An event as other tools may see it: people under other names, sealed text left sealed. Pure. */

/** An event as it was selected, and the cases that it belongs to. */
export interface SelectedEvent {
  readonly position: number;
  readonly id: string;
  readonly stream: string;
  readonly version: number;
  readonly type: string;
  readonly schemaVersion: number;
  readonly on: string;
  readonly occurred: Occurred;
  readonly recordedAt: string;
  readonly actorId: string;
  readonly role: string;
  readonly onBehalfOf: string | null;
  readonly correlationId: string;
  readonly causationId: string | null;
  readonly caseIds: readonly string[];
  readonly text: string;
}

export interface Person {
  readonly name: string;
  /** Their part in it: `actor`, or the field that names them. */
  readonly as: string;
}

export interface ExportedEvent extends Omit<SelectedEvent, 'text' | 'actorId'> {
  /** `complaint` of `complaint-…`. */
  readonly kind: string;
  readonly actor: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly people: readonly Person[];
}

export const SEALED = '[sealed]';

/** Fields that name people: staff by their reference, parties by their id. A spec holds them to every event that there is. */
export const PEOPLE_FIELDS: ReadonlySet<string> = new Set([
  'agreedBy',
  'by',
  'companionRef',
  'complainantRef',
  'deputyId',
  'from',
  'handlerId',
  'investigatorId',
  'leadId',
  'named',
  'partyRef',
  'people',
  'present',
  'recipient',
  'respondentRef',
  'staffId',
  'submittedBy',
  'to',
  'whoRef',
]);

/** Streams whose events name people; those of the rules use the same words for other things. */
const ABOUT_PEOPLE = new Set(['complaint', 'hearing', 'resolution', 'deadlines', 'party', 'staff']);
/** Streams that are about one person, whose id is that person's. */
const OF_ONE = new Set(['party', 'staff']);

/** What the machine does itself is nobody's act. */
const MACHINES = new Set(['redress', 'import', 'command-line', 'demo']);

class Retelling {
  readonly people: Person[] = [];

  constructor(
    private readonly nameOf: NameOf,
    private readonly aboutPeople: boolean,
  ) {}

  person(reference: string, as: string): string {
    if (MACHINES.has(reference)) return reference;
    const name = this.nameOf(reference);
    this.people.push({ name, as });
    return name;
  }

  /** `field` is the nearest field above a value. */
  value(value: unknown, field: string): unknown {
    if (typeof value === 'string') return this.text(value, field);
    if (Array.isArray(value)) return value.map((each) => this.value(each, field));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, this.value(inner, name)]));
  }

  /** A correction says in a path which field it is about. */
  correction(data: Readonly<Record<string, unknown>>): Record<string, unknown> {
    const path = data['path'] as readonly string[];
    const field = path.findLast((step) => !/^\d+$/.test(step)) ?? '';
    const told = this.value(data, '') as Record<string, unknown>;
    for (const name of ['old', 'new']) if (name in data) told[name] = this.value(data[name], field);
    return told;
  }

  private text(value: string, field: string): string {
    if (value.startsWith(SEAL_MARK)) return SEALED;
    const names = this.aboutPeople && PEOPLE_FIELDS.has(field) && !isDate(value);
    return names ? this.person(value, field) : value;
  }
}

const streamName = (kind: string, stream: string, retelling: Retelling): string =>
  OF_ONE.has(kind) ? `${kind}-${retelling.person(stream.slice(kind.length + 1), kind)}` : stream;

export const exportedEvent = (event: SelectedEvent, nameOf: NameOf): ExportedEvent => {
  const { text, actorId, ...rest } = event;
  const kind = event.stream.slice(0, event.stream.indexOf('-'));
  const retelling = new Retelling(nameOf, ABOUT_PEOPLE.has(kind));
  const actor = retelling.person(actorId, 'actor');
  const onBehalfOf = event.onBehalfOf === null ? null : retelling.person(event.onBehalfOf, 'onBehalfOf');
  const stored = JSON.parse(text) as Record<string, unknown>;
  const data =
    event.type === 'EntryCorrected'
      ? retelling.correction(stored)
      : (retelling.value(stored, '') as Record<string, unknown>);
  const stream = streamName(kind, event.stream, retelling);
  return { ...rest, stream, kind, actor, onBehalfOf, data, people: retelling.people };
};

/** What stands in its data as single values, by their path: `finding`, `source.line`. */
export const scalarsOf = (data: object, before = ''): [name: string, value: string | number | boolean][] =>
  Object.entries(data).flatMap(([name, value]): [string, string | number | boolean][] => {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      return value === SEALED ? [] : [[`${before}${name}`, value]];
    return value !== null && typeof value === 'object' && !Array.isArray(value)
      ? scalarsOf(value as object, `${before}${name}.`)
      : [];
  });

/** What it is called among the steps of a case: what a register calls it, else its type. */
export const activityOf = ({ type, data }: ExportedEvent): string =>
  type === 'ActivityRecorded' ? String(data['activity']) : type;
