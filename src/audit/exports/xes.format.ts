import { activityOf, scalarsOf, type ExportedEvent } from './exported-event.js';
import type { Format, House } from './format.js';
import { escaped } from './xml-text.js';

/** XES as IEEE 1849-2016 has it: a trace for each case, its events in the order in which they happened. */

const attribute = (tag: string, key: string, value: string | number | boolean): string =>
  `<${tag} key="${escaped(key)}" value="${escaped(String(value))}"/>`;

const tagOf = (value: string | number | boolean): string => {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'int' : 'float';
  return typeof value === 'boolean' ? 'boolean' : 'string';
};

const extension = (name: string, prefix: string): string =>
  `<extension name="${name}" prefix="${prefix}" uri="http://www.xes-standard.org/${prefix}.xesext"/>\n`;

const HEAD = `<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849.2016" xes.features="">
${extension('Concept', 'concept')}${extension('Time', 'time')}${extension('Lifecycle', 'lifecycle')}${extension('Organizational', 'org')}\
<global scope="trace"><string key="concept:name" value=""/></global>
<global scope="event"><string key="concept:name" value=""/><date key="time:timestamp" value="1970-01-01T00:00:00Z"/>\
<string key="lifecycle:transition" value="complete"/></global>
<classifier name="Activity" scope="event" keys="concept:name"/>
<classifier name="Resource" scope="event" keys="org:resource"/>
<string key="lifecycle:model" value="standard"/>
`;
const FOOT = '</log>\n';

const eventXml = (event: ExportedEvent, time: string): string =>
  [
    '<event>',
    attribute('string', 'concept:name', activityOf(event)),
    attribute('date', 'time:timestamp', time),
    attribute('string', 'lifecycle:transition', 'complete'),
    attribute('string', 'org:resource', event.actor),
    attribute('string', 'org:role', event.role),
    attribute('int', 'position', event.position),
    attribute('string', 'type', event.type),
    attribute('date', 'recorded', event.recordedAt),
    ...scalarsOf(event.data, 'data.').map(([key, value]) => attribute(tagOf(value), key, value)),
    '</event>\n',
  ].join('');

const traceXml = (caseId: string, events: readonly ExportedEvent[], { timeOf }: House): string => {
  const timed = events.map((event) => ({ event, time: timeOf(event) }));
  const inOrder = timed
    .map((each) => ({ ...each, at: Date.parse(each.time) }))
    .toSorted((one, other) => one.at - other.at || one.event.position - other.event.position);
  const told = inOrder.map(({ event, time }) => eventXml(event, time)).join('');
  return `<trace>${attribute('string', 'concept:name', caseId)}\n${told}</trace>\n`;
};

export const xes: Format = {
  file: 'log.xes',
  async *pages(house, from) {
    if (from === undefined) yield { text: HEAD, events: 0, next: null };
    const after = typeof from === 'string' ? from : undefined;
    for await (const page of house.events.byCase(after)) {
      const told = page.filter(({ events }) => events.length > 0);
      const traces = told.map(({ caseId, events }) => traceXml(caseId, events.map(house.tell), house));
      const count = told.reduce((sum, { events }) => sum + events.length, 0);
      yield { text: traces.join(''), events: count, cases: told.length, next: page.at(-1)?.caseId };
    }
    yield { text: FOOT, events: 0 };
  },
};
