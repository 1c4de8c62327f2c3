import type { Format, House, Page } from './format.js';
import {
  declared,
  gathered,
  logEvent,
  objectsOf,
  objectTypes,
  type DeclaredType,
  type LogEvent,
  type LogObject,
} from './ocel-log.js';
import { OcelObjects } from './ocel-objects.reader.js';
import { escaped } from './xml-text.js';

/** OCEL 2.0 as XML, in the order of its schema: the types, then objects, then the events that are related to them. */

const element = (tag: string, attributes: Readonly<Record<string, string>>, content = ''): string => {
  const told = Object.entries(attributes).map(([name, value]) => ` ${name}="${escaped(value)}"`);
  return `<${tag}${told.join('')}${content === '' ? '/>' : `>${content}</${tag}>`}`;
};

const typesXml = (each: string, types: readonly DeclaredType[]): string =>
  types
    .map(({ name, attributes }) => {
      const told = attributes.map((attribute) => element('attribute', { ...attribute }));
      return `${element(each, { name }, `<attributes>${told.join('')}</attributes>`)}\n`;
    })
    .join('');

const contentOf = ({ attributes, relationships }: LogObject): string => {
  const told = attributes.map(({ name, value, time }) =>
    element('attribute', time === undefined ? { name } : { name, time }, escaped(value)),
  );
  const related = relationships.map(({ objectId, qualifier }) =>
    element('relationship', { 'object-id': objectId, qualifier }),
  );
  return `<attributes>${told.join('')}</attributes><objects>${related.join('')}</objects>`;
};

const objectXml = (object: LogObject): string =>
  `${element('object', { id: object.id, type: object.type }, contentOf(object))}\n`;

const eventXml = (event: LogEvent): string =>
  `${element('event', { id: event.id, type: event.type, time: event.time }, contentOf(event))}\n`;

const head = (eventTypes: readonly DeclaredType[]): string => `<?xml version="1.0" encoding="UTF-8"?>
<log>
<object-types>
${typesXml('object-type', objectTypes())}</object-types>
<event-types>
${typesXml('event-type', eventTypes)}</event-types>
<objects>
`;

/** Where a page ended. */
interface Cursor {
  readonly phase: 'objects' | 'events';
  readonly after: string;
}

const FIRST_EVENT: Cursor = { phase: 'events', after: '0' };

/** The head is there when this is gone on with; what objects there are is asked again. */
async function* objectPages(house: House, from: Cursor | undefined): AsyncGenerator<Page> {
  const objects = await OcelObjects.begin(house.pool);
  try {
    const types = await gathered(house, objects);
    const after = from?.after ?? '';
    if (!from) yield { text: head(declared(types)), events: 0, next: { phase: 'objects', after } };
    for await (const page of objects.pages(after)) {
      const text = (await objectsOf(house, page)).map(objectXml).join('');
      yield { text, events: 0, cases: page.length, next: { phase: 'objects', after: page.at(-1)?.id ?? '' } };
    }
  } finally {
    await objects.end();
  }
  yield { text: '</objects>\n<events>\n', events: 0, next: FIRST_EVENT };
}

async function* eventPages(house: House, from: Cursor): AsyncGenerator<Page> {
  for await (const page of house.events.byPosition(Number(from.after))) {
    const position = page.at(-1)?.position ?? 0;
    const text = page.map((event) => eventXml(logEvent(house.tell(event), house, {}))).join('');
    yield { text, events: page.length, position, next: { phase: 'events', after: String(position) } };
  }
  yield { text: '</events>\n</log>\n', events: 0 };
}

export const ocelXml: Format = {
  file: 'log.ocel.xml',
  async *pages(house, from) {
    const cursor = from as Cursor | undefined;
    if (cursor?.phase !== 'events') yield* objectPages(house, cursor);
    yield* eventPages(house, cursor?.phase === 'events' ? cursor : FIRST_EVENT);
  },
};
