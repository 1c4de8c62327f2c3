import { activityOf, scalarsOf, type ExportedEvent, type SelectedEvent } from './exported-event.js';
import type { Format, House, Page } from './format.js';
import { OBJECT_TYPES, OcelObjects, type OcelObject } from './ocel-objects.reader.js';

/** OCEL 2.0 as JSON: events first, then the objects that they are related to, then the types of both. */

type AttributeType = 'string' | 'time' | 'integer' | 'float' | 'boolean';
/** By type of event or object, what its attributes are. */
type Types = Record<string, Record<string, AttributeType>>;

interface Relation {
  readonly objectId: string;
  readonly qualifier: string;
}

interface Attribute {
  readonly name: string;
  readonly value: string;
}

/** Where a page ended. */
interface Cursor {
  readonly phase: 'events' | 'objects';
  readonly after: string;
  /** Whether a comma must come before what follows. */
  readonly any: boolean;
  readonly types: Types;
}

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

const eventJson = (event: ExportedEvent, { timeOf }: House, types: Types): string => {
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
  return JSON.stringify({
    id: event.id,
    type,
    time: timeOf(event),
    attributes,
    relationships: relationsOf(event),
  });
};

/** With what its first event says of it. */
const objectJson = (
  { id, type }: OcelObject,
  began: SelectedEvent | undefined,
  { tell, timeOf }: House,
): string => {
  if (!began) return JSON.stringify({ id, type, attributes: [], relationships: [] });
  const event = tell(began);
  const time = timeOf(event);
  const known = OBJECT_ATTRIBUTES[type] ?? {};
  const attributes = scalarsOf(event.data).flatMap(([name, value]) =>
    name in known ? [{ name, value: String(value), time }] : [],
  );
  const relationships = fieldObjects(event.data).map(({ objectId, qualifier }) => ({ objectId, qualifier }));
  return JSON.stringify({ id, type, attributes, relationships });
};

const typesJson = (types: Types): string =>
  JSON.stringify(
    Object.entries(types).map(([name, attributes]) => ({
      name,
      attributes: Object.entries(attributes).map(([key, type]) => ({ name: key, type })),
    })),
  );

const listed = (items: readonly string[], any: boolean): string => (any ? ',\n' : '') + items.join(',\n');

async function* eventPages(house: House, from: Cursor): AsyncGenerator<Page & { readonly next: Cursor }> {
  let { any } = from;
  const { types } = from;
  let after = Number(from.after);
  for await (const page of house.events.byPosition(after)) {
    after = page.at(-1)?.position ?? after;
    const text = listed(
      page.map((event) => eventJson(house.tell(event), house, types)),
      any,
    );
    any = true;
    const next = { phase: 'events' as const, after: String(after), any, types };
    yield { text, events: page.length, position: after, next };
  }
}

/** Those that events are related to, and those that these objects are related to. */
const gathered = async (house: House, objects: OcelObjects): Promise<void> => {
  for await (const page of house.events.byPosition(0)) {
    const found = page.flatMap((event) => related(house.tell(event)));
    await objects.add(found);
    const began = await house.events.beginnings([...new Set(found.map(({ id }) => id))]);
    await objects.add(began.flatMap((event) => fieldObjects(house.tell(event).data)));
  }
};

async function* objectPages(house: House, { after, any: before, types }: Cursor): AsyncGenerator<Page> {
  const objects = await OcelObjects.begin(house.pool);
  try {
    await gathered(house, objects);
    let any = before;
    for await (const page of objects.pages(after)) {
      const began = await house.events.beginnings(page.map(({ id }) => id));
      const byStream = new Map(began.map((event) => [event.stream, event]));
      const text = listed(
        page.map((each) => objectJson(each, byStream.get(each.id), house)),
        any,
      );
      any = true;
      const next = { phase: 'objects', after: page.at(-1)?.id ?? '', any, types };
      yield { text, events: 0, cases: page.length, next };
    }
  } finally {
    await objects.end();
  }
}

export const ocel: Format = {
  file: 'log.ocel.json',
  async *pages(house, from) {
    let cursor = from as Cursor | undefined;
    if (!cursor) {
      cursor = { phase: 'events', after: '0', any: false, types: {} };
      yield { text: '{"events":[\n', events: 0, next: cursor };
    }
    if (cursor.phase === 'events') {
      for await (const page of eventPages(house, cursor)) {
        yield page;
        cursor = page.next;
      }
      cursor = { phase: 'objects', after: '', any: false, types: cursor.types };
      yield { text: '\n],"objects":[\n', events: 0, next: cursor };
    }
    yield* objectPages(house, cursor);
    const objectTypes = typesJson(
      Object.fromEntries(OBJECT_TYPES.map((t) => [t, OBJECT_ATTRIBUTES[t] ?? {}])),
    );
    yield {
      text: `\n],"objectTypes":${objectTypes},\n"eventTypes":${typesJson(cursor.types)}}\n`,
      events: 0,
    };
  },
};
