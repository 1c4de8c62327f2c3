import { z } from 'zod';
import { event, type EventOf, type Upcast } from '../event-store/catalogue.js';
import { actsOn, evolveWith, type Circumstances, type Decider } from '../event-store/decider.js';
import { NotFound, RuleBroken } from '../event-store/errors.js';
import { word } from '../event-store/schema.js';
import { refuseBeyondReason } from './beyond-reason.js';
import type { WorkingCalendar } from './calendar.js';
import { withLadder } from './ladder.js';
import { policySet, withCalendars, type PolicySet } from './policy-set.js';

const severalCalendars: Upcast = ({ policy, ...rest }) => ({ policy: withCalendars(policy), ...rest });

/** The published versions of one policy set. What was published stays; a change is a new version. */

/** Before deadlines had an end time, a recurrence and cases that they apply to, each meant the plainest of these. */
const withWhatWasImplied: Upcast = ({ policy }) => {
  const older = policy as { readonly deadlines: readonly { readonly extension: object | null }[] };
  const deadlines = older.deadlines.map((rule) => ({
    endTime: 'end-of-day',
    recurrence: null,
    appliesTo: { categories: [], exceptCategories: [], severities: [] },
    ...rule,
    extension: rule.extension && { reasonRequired: true, ...rule.extension },
  }));
  return { policy: { ...older, deadlines } };
};

/** Before a clock could start without its event, and a deadline be advisory, none did and none was. */
const bindingAndWaiting: Upcast = ({ policy }) => {
  const older = policy as { readonly deadlines: readonly object[] };
  const deadlines = older.deadlines.map((rule) => ({ startsAtLatest: null, advisory: false, ...rule }));
  return { policy: { ...older, deadlines } };
};

const byALadder: Upcast = ({ policy }) => ({ policy: withLadder(policy) });

const version = z.int().min(1).max(1_000_000);
const superseded = z.object({ version, by: version, reasons: word });
/** Of rules, which are about nobody, it is a word as their other reasons are: nothing of them is sealed. */
export const backdatingReason = word.optional();

/** From now on, open cases that go by `version` go by `by`. */
export type Superseded = Readonly<z.output<typeof superseded>>;

export const policyEvents = {
  PolicyPublished: event(
    z.object({ policy: policySet, backdatingReason }),
    severalCalendars,
    withWhatWasImplied,
    bindingAndWaiting,
    byALadder,
  ),
  PolicySuperseded: event(superseded.extend({ backdatingReason })),
};

export type PolicyEvent = EventOf<typeof policyEvents>;
export type Policy =
  | { readonly phase: 'absent' }
  | {
      readonly phase: 'open';
      readonly versions: readonly PolicySet[];
      readonly superseded: readonly Superseded[];
    };

/** What to do when a version is not there. */
export const SEE_POLICIES = 'The list of policies names the versions that were published.';

/** The name by which events cite a version, `default@1`. */
export const policyName = (set: Pick<PolicySet, 'key' | 'version'>): string => `${set.key}@${set.version}`;

/** As the schema of today tells it, so that a field that came since with a default is no change, nor any order. */
const written = (set: PolicySet): string => JSON.stringify(policySet.parse(set));

export interface PolicyContext extends Circumstances {
  /** As it is now. Errors: RuleBroken `unknown-calendar`. */
  readonly calendarNamed: (name: string) => WorkingCalendar;
}

const act = actsOn<Policy, PolicyContext, PolicyEvent>();

const publish = (policy: PolicySet, state: Policy, context: PolicyContext): PolicyEvent[] => {
  const versions = state.phase === 'open' ? state.versions : [];
  const same = versions.find((each) => each.version === policy.version);
  if (same && written(same) === written(policy)) return [];
  const latest = Math.max(0, ...versions.map((each) => each.version));
  if (policy.version <= latest) {
    const why = same
      ? 'was published with other rules'
      : `would come after version ${latest}, which was published`;
    throw new RuleBroken(
      'policy-version-taken',
      `Version ${policy.version} of ${policy.key} ${why}. Give these rules version ${latest + 1}.`,
    );
  }
  refuseBeyondReason(policy, context.calendarNamed, context.today);
  return [{ type: 'PolicyPublished', data: { policy } }];
};

const supersede = (wish: Superseded, state: Policy, key: string): PolicyEvent[] => {
  const { versions, superseded: before } = state.phase === 'open' ? state : { versions: [], superseded: [] };
  for (const named of [wish.version, wish.by])
    if (!versions.some((each) => each.version === named))
      throw new NotFound('policy version', `${key}@${named}`, SEE_POLICIES);
  if (wish.by <= wish.version)
    throw new RuleBroken(
      'superseded-by-earlier',
      'A version is superseded by a later one. To go back, publish the earlier rules as a new version.',
    );
  const done = before.find((each) => each.version === wish.version);
  if (done?.by === wish.by) return [];
  if (done)
    throw new RuleBroken(
      'already-superseded',
      `${key}@${wish.version} was superseded by ${key}@${done.by}. Supersede that version instead.`,
    );
  return [{ type: 'PolicySuperseded', data: wish }];
};

export const policy: Decider<Policy, PolicyContext, PolicyEvent> = {
  kind: 'policy',
  catalogue: policyEvents,
  acts: {
    Publish: act({
      summary: 'Publish a version of a policy set; cases received from then on come under it.',
      when: 'any',
      input: policySet,
      decide: (input, state, context) => publish(input, state, context),
    }),
    Supersede: act({
      summary: 'Move the open cases of one version to a later one, on the record.',
      // Of a set that there is not, no version is found.
      when: 'any',
      input: z.strictObject({
        version: version.describe('The version that the cases go by now.'),
        by: version.describe('The version that they go by from now on.'),
        reasons: word,
      }),
      decide: (input, state, { id }) => supersede(input, state, id),
    }),
  },
  initial: { phase: 'absent' },
  phase: (state) => state.phase,
  evolve: evolveWith<Policy, PolicyEvent>({
    PolicyPublished: (state, { policy: published }) => ({
      phase: 'open',
      versions: [...(state.phase === 'open' ? state.versions : []), published],
      superseded: state.phase === 'open' ? state.superseded : [],
    }),
    PolicySuperseded: (state, { backdatingReason: _, ...data }) =>
      state.phase === 'open' ? { ...state, superseded: [...state.superseded, data] } : state,
  }),
};
