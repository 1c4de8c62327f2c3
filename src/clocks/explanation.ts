import type { Skipped } from './counting.js';
import { epochDay, weekdayOf } from './days.js';
import type { Unit } from './deadline-rule.js';
import type { Reckoning, Step, Units } from './reckoning.js';

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
);

/** `Wed 28 March 2018`. */
const told = (date: string): string => {
  const [year, month, day] = date.split('-').map(Number);
  return `${WEEKDAYS[weekdayOf(epochDay(date)) - 1]} ${day} ${MONTHS[(month ?? 1) - 1]} ${year}`;
};

const SINGULAR: Readonly<Record<Unit, string>> = {
  'calendar-days': 'calendar day',
  'working-days': 'working day',
  weeks: 'week',
  months: 'month',
};

const inWords = ({ count, unit }: Units): string => `${count} ${SINGULAR[unit]}${count === 1 ? '' : 's'}`;

/** `ComplaintReceived` as people say it: `complaint received`. */
const named = (event: string): string => event.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();

const passedOver = ({ weekendDays, holidays }: Skipped): string => {
  const parts = [
    ...(weekendDays === 0 ? [] : [`${inWords({ count: weekendDays, unit: 'calendar-days' })} of weekends`]),
    ...(holidays.length === 0 ? [] : [`the holidays ${holidays.map(told).join(', ')}`]),
  ];
  return parts.length === 0 ? '' : `, passing over ${parts.join(' and ')}`;
};

type Of<K extends Step['kind']> = Extract<Step, { kind: K }>;
const sentences: { readonly [K in Step['kind']]: (step: Of<K>) => string } = {
  started: ({ event, on }) => `The clock started with "${named(event)}" on ${told(on)}.`,
  'started-at-latest': ({ event, after, afterOn, units, on }) =>
    `The clock starts on ${told(on)}, ${inWords(units)} after "${named(after)}" on ${told(afterOn)}: it waits no longer for "${named(event)}".`,
  'started-anew': ({ on }) => `The clock started anew on ${told(on)}, when it was last met.`,
  'start-moved': ({ from, to }) => `${told(from)} is no working day, so the start counts as ${told(to)}.`,
  counted: ({ first, further, dayOne, to, skipped }) => {
    const counted = [first, further].flatMap((units) => (units === null ? [] : [inWords(units)]));
    const over = skipped === undefined ? '' : passedOver(skipped);
    return `${counted.join(' and then ')}, counted from ${told(dayOne)} on${over}, end on ${told(to)}.`;
  },
  extended: ({ grantedOn, from, to }) =>
    `On ${told(grantedOn)} it was extended: ${told(to)} in place of ${told(from)}.`,
  'stood-still': ({ from, to, reasons, stops, givenBack, dueOn }) => {
    const why = [...reasons, ...stops.map((event) => `${named(event)}, undone since`)].join('; ');
    const because = why === '' ? '' : ` (${why})`;
    return `It stood still from ${told(from)} until ${told(to)}${because}: ${inWords(givenBack)} given back, due on ${told(dueOn)}.`;
  },
  'calendars-ended': ({ on }) =>
    `Working calendars end on ${told(on)}, the last calendar day, and what is counted goes beyond it: it is due on that day.`,
  rolled: ({ from, to }) => `${told(from)} is no day to be due on, so it moves to ${told(to)}.`,
};

const sentenceOf = <K extends Step['kind']>(step: Of<K> & { readonly kind: K }): string =>
  sentences[step.kind](step);

/** How a due date came about, in plain sentences; the last one says the due date. */
export const inPlainWords = ({ dueOn, dueAt, steps }: Reckoning): readonly string[] => [
  ...steps.map((step) => sentenceOf(step as never)),
  `It is due on ${told(dueOn)}, and late from ${dueAt} on.`,
];
