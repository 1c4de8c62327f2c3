import type { Format, House, Page } from './format.js';
import { declared, gathered, logEvent, objectsOf, objectTypes, type Types } from './ocel-log.js';
import { OcelObjects } from './ocel-objects.reader.js';

/** OCEL 2.0 as JSON: events first, then the objects that they are related to, then the types of both. */

/** Where a page ended. */
interface Cursor {
  readonly phase: 'events' | 'objects';
  readonly after: string;
  /** Whether a comma must come before what follows. */
  readonly any: boolean;
  readonly types: Types;
}

const listed = (items: readonly string[], any: boolean): string => (any ? ',\n' : '') + items.join(',\n');

async function* eventPages(house: House, from: Cursor): AsyncGenerator<Page & { readonly next: Cursor }> {
  let { any } = from;
  const { types } = from;
  let after = Number(from.after);
  for await (const page of house.events.byPosition(after)) {
    after = page.at(-1)?.position ?? after;
    const text = listed(
      page.map((event) => JSON.stringify(logEvent(house.tell(event), house, types))),
      any,
    );
    any = true;
    const next = { phase: 'events' as const, after: String(after), any, types };
    yield { text, events: page.length, position: after, next };
  }
}

async function* objectPages(house: House, { after, any: before, types }: Cursor): AsyncGenerator<Page> {
  const objects = await OcelObjects.begin(house.pool);
  try {
    await gathered(house, objects);
    let any = before;
    for await (const page of objects.pages(after)) {
      const told = await objectsOf(house, page);
      const text = listed(
        told.map((each) => JSON.stringify(each)),
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
    yield {
      text: `\n],"objectTypes":${JSON.stringify(objectTypes())},\n"eventTypes":${JSON.stringify(declared(cursor.types))}}\n`,
      events: 0,
    };
  },
};
