import type { Recorded } from '../event-store/event.js';
import { SEAL_MARK } from '../event-store/schema.js';

/** Events as other systems read them: CloudEvents 1.0, with nothing in them that was sealed. */

/** Attributes of CloudEvents and our extensions to them; their names are lower case and their integers have 32 bits. */
export type CloudEvent = Readonly<Record<string, unknown>> & { readonly position: string };

/** How an event is shown. */
export interface Shown {
  /** The log that it stands in. */
  readonly source: string;
  /** What to call a member of staff. */
  readonly nameFor: (staffRef: string) => string;
  /** What the reader must not see; of it the position alone is told. */
  readonly withheld: (event: Recorded) => boolean;
}

export const SEALED = '[sealed]';

/** Where events name members of staff; a list under `by` names staff too, a single one a party. */
export const STAFF_FIELDS: ReadonlySet<string> = new Set([
  'staffId',
  'handlerId',
  'investigatorId',
  'deputyId',
  'leadId',
  'recipient',
  'present',
]);

type NameFor = Shown['nameFor'];

const namesStaff = (field: string, value: unknown): boolean =>
  STAFF_FIELDS.has(field) || (field === 'by' && Array.isArray(value));

const shownValue = (value: unknown, isStaff: boolean, nameFor: NameFor): unknown => {
  if (typeof value === 'string') {
    if (value.startsWith(SEAL_MARK)) return SEALED;
    return isStaff ? nameFor(value) : value;
  }
  if (Array.isArray(value)) return value.map((item) => shownValue(item, isStaff, nameFor));
  return typeof value === 'object' && value !== null ? shownFields(value, nameFor) : value;
};

const shownFields = (data: object, nameFor: NameFor): object =>
  Object.fromEntries(
    Object.entries(data).map(([field, value]) => [
      field,
      shownValue(value, namesStaff(field, value), nameFor),
    ]),
  );

/** A correction says in `path` which field its `old` and `new` are of. */
const shownData = ({ type, data }: Recorded, nameFor: NameFor): object => {
  const shown = shownFields(data, nameFor);
  if (type !== 'EntryCorrected') return shown;
  const { path, old, new: now } = data as { path: readonly string[]; old?: unknown; new: unknown };
  const isStaff = path.some((step) => STAFF_FIELDS.has(step)) || (path[0] === 'by' && path.length > 1);
  const field = (value: unknown) =>
    shownValue(value, isStaff || namesStaff(path.at(-1) ?? '', value), nameFor);
  return { ...shown, ...(old === undefined ? {} : { old: field(old) }), new: field(now) };
};

const occurredOf = ({ occurred, on }: Recorded): object =>
  'at' in occurred
    ? { occurredon: on, occurredat: occurred.at, occurredzone: occurred.zone }
    : { occurredon: on };

export const cloudEvent = (event: Recorded, { source, nameFor, withheld }: Shown): CloudEvent => {
  const position = String(event.position);
  if (withheld(event))
    return { specversion: '1.0', id: position, source, type: 'redress.Withheld', position };
  const { actor, causationId } = event;
  return {
    specversion: '1.0',
    id: event.id,
    source,
    type: `redress.${event.type}`,
    subject: event.stream,
    time: event.recordedAt,
    datacontenttype: 'application/json',
    position,
    streamversion: event.version,
    schemaversion: event.schemaVersion,
    ...occurredOf(event),
    actorid: nameFor(actor.id),
    actorrole: actor.role,
    ...(actor.onBehalfOf === undefined ? {} : { onbehalfof: nameFor(actor.onBehalfOf) }),
    correlationid: event.correlationId,
    ...(causationId === null ? {} : { causationid: causationId }),
    data: shownData(event, nameFor),
  };
};
