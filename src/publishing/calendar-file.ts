import { z } from 'zod';
import { day } from '../event-store/schema.js';
import { InvalidInput } from '../event-store/errors.js';
import { lineOfPath, readJson, type UnreadableJson } from '../platform/json-text.js';
import { reading, sentenceOf, type Fault } from '../platform/reading.js';

/** A file of bank holidays as https://www.gov.uk/bank-holidays.json gives it. */

const division = z.object({
  events: z.array(z.object({ title: z.string().min(1).max(200), date: day })).min(1),
});
const bankHolidays = z.record(z.string(), division);

/** The calendars that a division of the file stands for. */
const REGIONS: Readonly<Record<string, readonly string[]>> = {
  'england-and-wales': ['GB-ENG', 'GB-WLS'],
  scotland: ['GB-SCT'],
  'northern-ireland': ['GB-NIR'],
};

/** What a file makes of one calendar: of the years that it covers, all holidays there are. */
export interface ReadCalendar {
  readonly name: string;
  readonly add: readonly { readonly date: string; readonly name: string }[];
  readonly complete: { readonly from: number; readonly to: number };
}

const bad = (fileName: string, why: string): InvalidInput =>
  new InvalidInput(
    'bad-calendar-file',
    `${fileName}: ${why} Give a file as https://www.gov.uk/bank-holidays.json has it; nothing was imported.`,
  );

const jsonIn = (text: string, fileName: string): unknown => {
  try {
    return readJson(text);
  } catch (error) {
    const { line, message } = error as UnreadableJson;
    throw bad(fileName, `Line ${line}: ${message}`);
  }
};

const FAULTS_TOLD = 10;

const faultsIn = (text: string, faults: readonly Fault[]): string =>
  faults
    .slice(0, FAULTS_TOLD)
    .map((fault) => `Line ${lineOfPath(text, fault.path)}: ${sentenceOf([fault])}`)
    .join(' ');

/** Errors: InvalidInput `bad-calendar-file`. */
export const readBankHolidays = (text: string, fileName: string): readonly ReadCalendar[] => {
  const read = reading(bankHolidays, jsonIn(text, fileName));
  if (!read.ok) throw bad(fileName, faultsIn(text, read.faults));
  const unknown = Object.keys(read.data).find((name) => !Object.hasOwn(REGIONS, name));
  if (unknown !== undefined)
    throw bad(
      fileName,
      `${unknown} is no division that Redress knows; known are ${Object.keys(REGIONS).join(', ')}.`,
    );
  return Object.entries(read.data).flatMap(([name, { events }]) => {
    const add = [...new Map(events.map(({ title, date }) => [date, { date, name: title }])).values()];
    const years = add.map(({ date }) => Number(date.slice(0, 4)));
    const complete = { from: Math.min(...years), to: Math.max(...years) };
    return (REGIONS[name] ?? []).map((calendar) => ({ name: calendar, add, complete }));
  });
};
