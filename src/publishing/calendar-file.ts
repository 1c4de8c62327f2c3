import { z } from 'zod';
import { day } from '../event-store/schema.js';
import { InvalidInput } from '../event-store/errors.js';

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
    `${fileName}: ${why}. Give a file as https://www.gov.uk/bank-holidays.json has it; nothing was imported.`,
  );

const jsonIn = (text: string, fileName: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw bad(fileName, 'this is no JSON');
  }
};

/** Errors: InvalidInput `bad-calendar-file`. */
export const readBankHolidays = (text: string, fileName: string): readonly ReadCalendar[] => {
  const read = bankHolidays.safeParse(jsonIn(text, fileName));
  if (!read.success) {
    const [issue] = read.error.issues;
    const where = issue && issue.path.length > 0 ? `${issue.path.join('.')}: ` : '';
    throw bad(fileName, `${where}${issue?.message ?? 'unreadable'}`);
  }
  const unknown = Object.keys(read.data).find((name) => !Object.hasOwn(REGIONS, name));
  if (unknown !== undefined) throw bad(fileName, `${unknown} is no division that Redress knows`);
  return Object.entries(read.data).flatMap(([name, { events }]) => {
    const add = [...new Map(events.map(({ title, date }) => [date, { date, name: title }])).values()];
    const years = add.map(({ date }) => Number(date.slice(0, 4)));
    const complete = { from: Math.min(...years), to: Math.max(...years) };
    return (REGIONS[name] ?? []).map((calendar) => ({ name: calendar, add, complete }));
  });
};
