import { isMap, isNode, LineCounter, parseDocument, visit, type Document } from 'yaml';
import { z } from 'zod';
import { InvalidInput, RuleBroken } from '../event-store/errors.js';
import { day, zone } from '../event-store/schema.js';
import { reading, type Fault } from '../platform/reading.js';
import { calendarName, findCalendar, noCalendar } from './calendar.js';
import { deadlineRule, described, kebab, whole, type DeadlineRule } from './deadline-rule.js';
import { ladder, withLadder } from './ladder.js';
import { overgrown } from './policy-text.js';
import { retentionRule } from './retention.js';

const procedure = z.strictObject({
  stages: described(
    z.array(kebab('A stage')).min(1),
    'The stages of the procedure in order. Nobody who acted at one stage decides a later one.',
  ),
  disclosureBeforeFinding: described(
    z.boolean(),
    'Whether the respondent must have been shown the evidence before any finding.',
  ),
  verificationRequired: described(
    z.boolean(),
    'Whether an independent reviewer must verify a decision before it is notified.',
  ),
  hearingRequired: described(z.boolean(), 'Whether a finding needs a concluded hearing.'),
  panelQuorum: described(whole(0, 99), 'Members a hearing needs to start; 0: the procedure has no panel.'),
  noticeDays: described(
    whole(0, 365),
    'Calendar days between the notice of a hearing and its day, at least.',
  ),
  appealWindowDays: described(
    whole(0, 3660),
    'Calendar days after the notification of a decision in which an appeal may be lodged; 0: no appeal.',
  ),
  pauseReasons: described(
    z.array(kebab('A pause reason')),
    'The only reasons to pause a clock; []: no pausing.',
  ),
});

export const policySet = z
  .strictObject({
    key: described(kebab('A policy key'), 'The name of the policy set, the same in all of its versions.'),
    version: described(whole(1, 1_000_000), 'The version, counted from 1.'),
    effectiveFrom: described(
      day,
      'Cases received on or after this day come under this version, until a later one takes effect.',
    ),
    zone: described(zone, 'The time zone in which days begin and end.'),
    calendars: described(
      z.array(calendarName).min(1).max(20),
      'The working calendars: weekdays, a region code, or a calendar of the organisation.',
    ),
    combine: described(
      z.enum(['intersection', 'union']).default('intersection'),
      'Of several calendars. intersection: a day is a working day when all of them say so; union: when any of them does.',
    ),
    source: described(z.string().min(1).max(500), 'Where the limits come from.'),
    confidence: described(
      z.enum(['verified', 'secondary', 'unverified', 'own']),
      'verified: the source text was read; secondary: only a page about it; unverified: never present it as law; own: the organisation chose it.',
    ),
    procedure: described(procedure, 'What must have happened before what.'),
    deadlines: described(z.array(deadlineRule).min(1), 'The clocks of a case.'),
    reminders: described(ladder, 'Who is reminded of a deadline, and when.'),
    retention: described(
      z.array(retentionRule).max(100).optional(),
      'How long what is personal in a closed case is kept; the first that fits counts. Left out: nothing is erased on its own.',
    ),
  })
  .superRefine(checkTogether);

export type PolicySet = Readonly<z.infer<typeof policySet>>;

/** What no single field can say: names used once, nothing pausable without a reason to pause, a panel that can meet. */
function checkTogether(set: z.infer<typeof policySet>, context: z.RefinementCtx): void {
  const refuse = (path: (string | number)[], message: string) =>
    context.addIssue({ code: 'custom', path, message });
  const seen = new Set<string>();
  for (const [index, rule] of set.deadlines.entries()) {
    if (seen.has(rule.key))
      refuse(['deadlines', index, 'key'], `"${rule.key}" names two deadlines. Give one of them another key.`);
    seen.add(rule.key);
    if (rule.startsAtLatest?.after === rule.startEvent)
      refuse(
        ['deadlines', index, 'startsAtLatest', 'after'],
        'This is the start event itself. Name one that comes before it.',
      );
    const pausing = badPausing(rule, set.procedure.pauseReasons);
    if (pausing !== null) refuse(['deadlines', index, 'pausable'], pausing);
  }
  if (set.procedure.hearingRequired && set.procedure.panelQuorum === 0)
    refuse(['procedure', 'hearingRequired'], 'This cannot be true while procedure.panelQuorum is 0.');
  for (const [index, name] of set.calendars.entries())
    if (set.calendars.indexOf(name) < index)
      refuse(['calendars', index], `"${name}" stands there already. Leave one of them out.`);
}

/** A policy set as it is written today, whenever it was written. */
export const inTodaysForm = (told: unknown): unknown => withLadder(withCalendars(told));

/** As it was written before it could name several calendars: `calendar: GB-ENG`. Others stay as they are. */
export function withCalendars(told: unknown): unknown {
  if (typeof told !== 'object' || told === null || !('calendar' in told) || 'calendars' in told) return told;
  // In the place of the old field: the stored text of a policy is compared as text.
  const fields = Object.entries(told).flatMap(([field, value]) =>
    field === 'calendar'
      ? [
          ['calendars', [value]],
          ['combine', 'intersection'],
        ]
      : [[field, value]],
  );
  return Object.fromEntries(fields);
}

const isShipped = (name: string): boolean => findCalendar(name) !== null;

/** What is wrong with the pauses that a deadline allows; null when nothing is. */
function badPausing({ pausable }: DeadlineRule, pauseReasons: readonly string[]): string | null {
  if (pausable === true && pauseReasons.length === 0)
    return 'This cannot be true while procedure.pauseReasons is empty.';
  const unknown = Array.isArray(pausable)
    ? pausable.find((reason) => !pauseReasons.includes(reason))
    : undefined;
  return unknown === undefined
    ? null
    : `"${unknown}" is not one of procedure.pauseReasons. Add it there, or leave it out here.`;
}

/**
 * Reads one policy set from YAML. `fileName` is only for the message; `isCalendar` says which calendars there are, those
 * that Redress ships with unless told otherwise. Throws InvalidInput `bad-policy`; its `details.issues` lists every
 * `{line, path, message}`, lines counted from 1.
 */
export function parsePolicySet(yamlText: string, fileName: string, isCalendar = isShipped): PolicySet {
  const tooMuch = overgrown(yamlText);
  if (tooMuch !== null) throw badPolicy(fileName, [{ path: '', ...tooMuch }]);
  const lines = new LineCounter();
  const document = parseDocument(yamlText, { lineCounter: lines, prettyErrors: false });
  const lineAt = (offset: number) => lines.linePos(offset).line;
  const unreadable = unreadableAt(document);
  if (unreadable !== null)
    throw badPolicy(fileName, [{ line: lineAt(unreadable.offset), path: '', message: unreadable.message }]);
  const read = reading(policySet, inTodaysForm(document.toJS()));
  const faults = read.ok ? unknownCalendars(read.data, isCalendar) : read.faults;
  if (read.ok && faults.length === 0) return read.data;
  const issues = faults.map(({ path, message }) => ({
    line: lineAt(offsetOf(document, path)),
    path: path.join('.'),
    message,
  }));
  throw badPolicy(fileName, issues);
}

/**
 * The version of one policy set in force on a day: the latest `effectiveFrom` on or before it, then the highest version.
 * `sets` are the versions of one key, in any order. Throws RuleBroken `no-policy-in-force`.
 */
export function policySetInForce(sets: readonly PolicySet[], on: string): PolicySet {
  const [latest] = sets.filter((set) => set.effectiveFrom <= on).toSorted(byLatest);
  if (latest !== undefined) return latest;
  throw new RuleBroken(
    'no-policy-in-force',
    `No policy set is in force on ${on}. Publish one that is effective from that day or earlier.`,
  );
}

function byLatest(a: PolicySet, b: PolicySet): number {
  if (a.effectiveFrom !== b.effectiveFrom) return a.effectiveFrom < b.effectiveFrom ? 1 : -1;
  return b.version - a.version;
}

type Path = readonly PropertyKey[];

interface PolicyIssue {
  readonly line: number;
  readonly path: string;
  readonly message: string;
}

/** Bad YAML, or an alias: a policy is read by people, who should find each value where it stands. */
function unreadableAt(document: Document): { offset: number; message: string } | null {
  const [error] = document.errors;
  if (error !== undefined) return { offset: error.pos[0], message: `${error.message}.` };
  let found: { offset: number; message: string } | null = null;
  visit(document, {
    Alias(_, alias) {
      found = { offset: alias.range?.[0] ?? 0, message: `Write out what *${alias.source} stands for.` };
      return visit.BREAK;
    },
  });
  return found;
}

function unknownCalendars({ calendars }: PolicySet, isCalendar: (name: string) => boolean): Fault[] {
  return calendars.flatMap((name, index) =>
    isCalendar(name) ? [] : [{ path: ['calendars', index], message: noCalendar(name) }],
  );
}

/** Where a path begins in the text; for a field that is missing, what should hold it. */
function offsetOf(document: Document, path: Path): number {
  if (path[0] === 'calendars' && !document.has('calendars')) return offsetOf(document, ['calendar']);
  for (let length = path.length; length > 0; length--) {
    const node = keyAt(document, path.slice(0, length)) ?? document.getIn(path.slice(0, length), true);
    if (isNode(node)) return node.range?.[0] ?? 0;
  }
  return 0;
}

/** The key that a path ends in, where a mapping holds it. */
function keyAt(document: Document, path: Path): unknown {
  const holder = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (!isMap(holder)) return undefined;
  return holder.items.find(({ key }) => isNode(key) && String(key) === path.at(-1))?.key;
}

const ISSUES_TOLD = 10;

function badPolicy(fileName: string, issues: readonly PolicyIssue[]): InvalidInput {
  const told = issues
    .slice(0, ISSUES_TOLD)
    .map(({ line, path, message }) => `line ${line}: ${path === '' ? '' : `${path}: `}${message}`);
  const more = issues.length > told.length ? ` And ${issues.length - told.length} more.` : '';
  return new InvalidInput(
    'bad-policy',
    `${fileName}, ${told.join(' Also ')}${more} Correct the file and try again.`,
    { issues },
  );
}
