import type { Command } from 'commander';
import { z } from 'zod';
import { everything } from '../access/sight.js';
import { PolicyBook } from '../clocks/policy.queries.js';
import { isDate } from '../clocks/days.js';
import { onGround, optionsAs, say, Unusable } from '../platform/command-line.js';
import { PartyQueries } from '../parties/party.queries.js';
import { StaffQueries } from '../staff/staff.queries.js';
import { EventStore } from '../event-store/event-store.js';
import { staffRef } from '../event-store/schema.js';
import { Sealing } from '../event-store/sealing.js';
import { Addresses } from './addresses.js';
import { Claims } from './claims.js';
import { DigestLetters } from './digest-letters.js';
import { DueReader } from './due.reader.js';
import { HearingDueReader } from './hearing-due.reader.js';
import { Holdups } from './holdups.reader.js';
import { ReminderQueries, type ReminderRequest } from './reminder.queries.js';
import type { ReminderView } from './reminder.view.js';
import { Turns } from './turns.reader.js';

interface Options {
  readonly case?: string;
  readonly person?: string;
  readonly on?: string;
  readonly json?: boolean;
}

const PAGE = 200;

const found = (asked: Omit<ReminderRequest, 'first' | 'after'>, named?: string): Promise<ReminderView[]> =>
  onGround(async ({ pool, config, clock, masterKeys }) => {
    const book = new PolicyBook(pool, config);
    const parties = new PartyQueries(pool);
    const hearings = new HearingDueReader(pool, book, parties, clock);
    const staff = new StaffQueries(pool, clock);
    const due = new DueReader(pool, book, parties, clock, staff, hearings);
    const sealing = new Sealing(masterKeys, new EventStore(pool));
    const addresses = new Addresses(config, parties, staff, sealing);
    const turns = new Turns(pool, new DigestLetters(pool), addresses, staff, book, clock);
    const holdups = new Holdups(turns, new Claims(pool), addresses, staff, book, clock);
    const queries = new ReminderQueries(pool, book, clock, due, holdups);
    const caseId = named === undefined ? undefined : await queries.caseNamed(named);
    const reminders: ReminderView[] = [];
    let after: string | undefined;
    do {
      const page = await queries.page({ ...asked, caseId, first: PAGE, after }, everything);
      reminders.push(...page.items);
      after = page.next ?? undefined;
    } while (after !== undefined);
    return reminders;
  });

const remedies: Readonly<Record<string, string>> = {
  'no-address': 'give the mail address of their party, or set REDRESS_INTAKE_MAIL',
  refused: 'the mail server refused it; check the address and MAIL_FROM',
  unreachable: 'the mail server could not be reached; check SMTP_URL',
  'outbox-unwritable': 'the outbox could not be written; check REDRESS_DATA_DIR',
  'webhook-refused':
    'the webhook endpoint refused it; check REDRESS_WEBHOOK_URL, WEBHOOK_SECRET and its own log',
  'webhook-unreachable': 'the webhook endpoint could not be reached; check REDRESS_WEBHOOK_URL',
  'webhook-forbidden':
    'the host of REDRESS_WEBHOOK_URL has no public address; where that is meant, set REDRESS_WEBHOOK_ALLOW_PRIVATE=true',
  'template-broken': 'a template of REDRESS_TEMPLATES could not be filled in; mend it, and start again',
};

const lineFor = ({ reference, deadline, dueOn, step, recipient, at, reason, waits }: ReminderView): string =>
  [
    reference,
    `${deadline} due ${dueOn}`,
    step,
    recipient,
    ...(at === null ? [] : [at]),
    ...(reason === null ? [] : [`${reason}: ${remedies[reason] ?? ''}`]),
    ...waits.map(({ code, words }) => `${code}: ${words}`),
  ].join('  ');

const tell = (json: boolean | undefined, reminders: readonly ReminderView[]): void =>
  say(json, { reminders }, () =>
    reminders.length === 0 ? 'None.' : reminders.map((reminder) => lineFor(reminder)).join('\n'),
  );

const LISTS = {
  due: 'reminders whose time has come and that are not on record, and why each waits',
  sent: 'reminders that were sent, oldest first',
  failed: 'reminders that could not be sent, why, and what to do',
} as const;

const person = z.object({ person: staffRef });
const PERSON = [
  '--person <staff>',
  'of one person: their staff reference',
  (written: string) => optionsAs(person, { person: written }).person,
] as const;

export const addReminderCommands = (program: Command): void => {
  const reminders = program.command('reminders').description('reminders of deadlines and hearings');
  for (const state of ['due', 'sent', 'failed'] as const)
    reminders
      .command(state)
      .description(LISTS[state])
      .option('--case <case>', 'of one case: its id or its reference')
      .option(...PERSON)
      .option('--json', 'as JSON')
      .action(async ({ case: named, person: recipient, json }: Options) =>
        tell(json, await found({ state, recipient }, named)),
      );
  reminders
    .command('preview')
    .description('reminders that would be due on a day, as things stand now')
    .requiredOption('--on <date>', 'that day, YYYY-MM-DD')
    .option('--case <case>', 'of one case: its id or its reference')
    .option(...PERSON)
    .option('--json', 'as JSON')
    .action(async ({ case: named, person: recipient, on = '', json }: Options) => {
      if (!isDate(on)) throw new Unusable(`--on ${on}: write a day as YYYY-MM-DD.`);
      tell(json, await found({ state: 'due', on, recipient }, named));
    });
};
