import type { Command } from 'commander';
import { NotFound } from '../event-store/errors.js';
import { id, staffRef } from '../event-store/schema.js';
import { onGround, say } from '../platform/command-line.js';
import { table } from '../platform/table.js';
import { StaffQueries, type StaffView } from './staff.queries.js';

interface AsJson {
  readonly json?: boolean;
}

const PAGE = 200;

const everybody = (): Promise<StaffView[]> =>
  onGround(async ({ pool, clock }) => {
    const queries = new StaffQueries(pool, clock);
    const members: StaffView[] = [];
    let after: string | undefined;
    do {
      const page = await queries.page({ first: PAGE, after });
      members.push(...page.items);
      after = page.next ?? undefined;
    } while (after !== undefined);
    return members;
  });

/** By the reference, or by the id of the record. */
const named = (name: string): Promise<StaffView> =>
  onGround(async ({ pool, clock }) => {
    const queries = new StaffQueries(pool, clock);
    const { data: reference = name } = staffRef.safeParse(name);
    const found = id.safeParse((await queries.idOf(reference)) ?? name);
    if (!found.success) throw new NotFound('member of staff', name);
    return queries.one(found.data);
  });

const remindedText = ({ arrangement }: StaffView): string => {
  if (!arrangement) return 'by mail, one by one, at any time';
  const { by, digestAt, quiet, zone, calendars } = arrangement;
  return [
    `by ${by}`,
    digestAt === null ? 'one by one' : `in a digest at ${digestAt}`,
    ...(quiet === null ? [] : [`quiet from ${quiet.from} to ${quiet.until}`]),
    ...(calendars.length === 0 ? [] : [`on working days of ${calendars.join(' and ')}`]),
    zone,
  ].join(', ');
};

const awayText = ({ absences }: StaffView): string =>
  absences.map(({ from, until, deputyId }) => `${from} to ${until} (${deputyId})`).join(', ');

const listText = (members: readonly StaffView[]): string =>
  table([
    ['staff', 'duties', 'led by', 'away', 'record'],
    ...members.map((one) => [one.staffId, one.duties.join(', '), one.leadId ?? '', awayText(one), one.id]),
  ]);

const memberText = (one: StaffView): string =>
  table([
    ['staff', one.staffId],
    ['record', one.id],
    ['duties', one.duties.join(', ')],
    ['led by', one.leadId ?? ''],
    ['away', awayText(one)],
    ['reminded', remindedText(one)],
    ['calendar feed', one.feedOpen ? 'open' : 'not open'],
  ]);

export const addStaffCommands = (program: Command): void => {
  const staff = program
    .command('staff')
    .description('who holds which duty, who is away, how each is reminded');
  staff
    .command('list')
    .description('everybody who is enrolled')
    .option('--json', 'as JSON')
    .action(async ({ json }: AsJson) => {
      const members = await everybody();
      say(json, { staff: members }, () => (members.length === 0 ? 'Nobody is enrolled.' : listText(members)));
    });
  staff
    .command('show')
    .description('one member of staff')
    .argument('<member>', 'the staff reference, or the id of the record')
    .option('--json', 'as JSON')
    .action(async (member: string, { json }: AsJson) => {
      const found = await named(member);
      say(json, found, () => memberText(found));
    });
};
