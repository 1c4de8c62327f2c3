import { activityOf, scalarsOf, type ExportedEvent, type SelectedEvent } from './exported-event.js';
import type { House } from './format.js';
import { OBJECT_TYPES, type OcelObject, type OcelObjects } from './ocel-objects.reader.js';

/** What an OCEL 2.0 log holds, however it is written: events, the objects that they are related to, and the types of both. Pure, but for `gathered`. */

type AttributeType = 'string' | 'time' | 'integer' | 'float' | 'boolean';
/** By type of event or object, what its attributes are. */
export type Types = Record<string, Record<string, AttributeType>>;

export interface Relation {
  readonly objectId: string;
  readonly qualifier: string;
}

interface Attribute {
  readonly name: string;
  readonly value: string;
  /** Since when an object has it; of an event it is absent. */
  readonly time?: string;
}

interface LogItem {
  readonly id: string;
  readonly type: string;
  readonly attributes: readonly Attribute[];
  readonly relationships: readonly Relation[];
}

export interface LogEvent extends LogItem {
  readonly time: string;
}

export type LogObject = LogItem;

const OBJECT_ATTRIBUTES: Types = {
  complaint: { category: 'string', channel: 'string' },
  hearing: { kind: 'string' },
  resolution: { kind: 'string' },
  person: {},
};

const RELATED: Readonly<Record<string, string>> = {
  complaintId: 'complaint',
  complaintIds: 'complaint',
  hearingId: 'hearing',
  resolutionId: 'resolution',
};

const fieldObjects = (data: Readonly<Record<string, unknown>>): (Relation & OcelObject)[] =>
  Object.entries(RELATED).flatMap(([field, type]) =>
    ([data[field] ?? []].flat() as string[]).map((id) => {
      const objectId = `${type}-${id}`;
      return { id: objectId, type: type as OcelObject['type'], objectId, qualifier: type };
    }),
  );

/** What an event is about, each with its part in it. */
const related = ({ kind, stream, caseIds, people, data }: ExportedEvent): (Relation & OcelObject)[] => {
  const cases = caseIds.map((id) => `complaint-${id}`);
  const own = kind === 'hearing' || kind === 'resolution' ? [stream] : [];
  const all = [
    ...cases.map((id) => ({ id, type: 'complaint' as const, objectId: id, qualifier: 'case' })),
    ...own.map((id) => ({ id, type: kind as OcelObject['type'], objectId: id, qualifier: kind })),
    ...fieldObjects(data),
    ...people.map(({ name, as }) => ({ id: name, type: 'person' as const, objectId: name, qualifier: as })),
  ];
  return [...new Map(all.map((each) => [`${each.qualifier} ${each.id}`, each])).values()];
};

const relationsOf = (event: ExportedEvent): Relation[] =>
  related(event).map(({ objectId, qualifier }) => ({ objectId, qualifier }));

const typeOf = (value: string | number | boolean): AttributeType => {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'integer' : 'float';
  return typeof value === 'boolean' ? 'boolean' : 'string';
};

const note = (types: Types, type: string, name: string, found: AttributeType): void => {
  const known = (types[type] ??= {});
  known[name] = known[name] === undefined || known[name] === found ? found : 'string';
};

/** Its type, and what types its attributes have, are noted among `types`. */
export const logEvent = (event: ExportedEvent, { timeOf }: House, types: Types): LogEvent => {
  const type = activityOf(event);
  const scalars = scalarsOf(event.data, 'data.');
  for (const [name, value] of [['position', 0], ['role', ''], ...scalars] as const)
    note(types, type, name, typeOf(value));
  note(types, type, 'recorded', 'time');
  const attributes: Attribute[] = [
    { name: 'position', value: String(event.position) },
    { name: 'role', value: event.role },
    { name: 'recorded', value: event.recordedAt },
    ...scalars.map(([name, value]) => ({ name, value: String(value) })),
  ];
  return { id: event.id, type, time: timeOf(event), attributes, relationships: relationsOf(event) };
};

/** With what its first event says of it. */
const logObject = (
  { id, type }: OcelObject,
  began: SelectedEvent | undefined,
  { tell, timeOf }: House,
): LogObject => {
  if (!began) return { id, type, attributes: [], relationships: [] };
  const event = tell(began);
  const time = timeOf(event);
  const known = OBJECT_ATTRIBUTES[type] ?? {};
  const attributes = scalarsOf(event.data).flatMap(([name, value]) =>
    name in known ? [{ name, value: String(value), time }] : [],
  );
  const relationships = fieldObjects(event.data).map(({ objectId, qualifier }) => ({ objectId, qualifier }));
  return { id, type, attributes, relationships };
};

export interface DeclaredType {
  readonly name: string;
  readonly attributes: readonly { readonly name: string; readonly type: AttributeType }[];
}

export const declared = (types: Types): DeclaredType[] =>
  Object.entries(types).map(([name, attributes]) => ({
    name,
    attributes: Object.entries(attributes).map(([key, type]) => ({ name: key, type })),
  }));

export const objectTypes = (): DeclaredType[] =>
  declared(Object.fromEntries(OBJECT_TYPES.map((type) => [type, OBJECT_ATTRIBUTES[type] ?? {}])));

/** Some objects, each with what its first event says of it. */
export const objectsOf = async (house: House, objects: readonly OcelObject[]): Promise<LogObject[]> => {
  const began = await house.events.beginnings(objects.map(({ id }) => id));
  const byStream = new Map(began.map((event) => [event.stream, event]));
  return objects.map((each) => logObject(each, byStream.get(each.id), house));
};

/** Those that events are related to, and those that these objects are related to. */
export const gathered = async (house: House, objects: OcelObjects): Promise<Types> => {
  const types: Types = {};
  for await (const page of house.events.byPosition(0)) {
    const told = page.map((event) => house.tell(event));
    for (const event of told) logEvent(event, house, types);
    const found = told.flatMap(related);
    await objects.add(found);
    const began = await house.events.beginnings([...new Set(found.map(({ id }) => id))]);
    await objects.add(began.flatMap((event) => fieldObjects(house.tell(event).data)));
  }
  return types;
};
