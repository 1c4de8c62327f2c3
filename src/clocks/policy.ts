import { z } from 'zod';
import { event, type EventOf, type Upcast } from '../event-store/catalogue.js';
import { actsOn, evolveWith, type Circumstances, type Decider } from '../event-store/decider.js';
import { RuleBroken } from '../event-store/errors.js';
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

export const policyEvents = {
  PolicyPublished: event(z.object({ policy: policySet }), severalCalendars, withWhatWasImplied),
};

export type PolicyEvent = EventOf<typeof policyEvents>;
export type Policy =
  { readonly phase: 'absent' } | { readonly phase: 'open'; readonly versions: readonly PolicySet[] };

const act = actsOn<Policy, Circumstances, PolicyEvent>();

/** As the schema of today tells it, so that a field that came since with a default is no change, nor any order. */
const written = (set: PolicySet): string => JSON.stringify(policySet.parse(set));

const publish = (policy: PolicySet, versions: readonly PolicySet[]): PolicyEvent[] => {
  const same = versions.find(({ version }) => version === policy.version);
  if (same && written(same) === written(policy)) return [];
  const latest = Math.max(0, ...versions.map(({ version }) => version));
  if (policy.version <= latest)
    throw new RuleBroken(
      'policy-version-taken',
      `Version ${policy.version} of ${policy.key} was published with other rules. Give the change version ${latest + 1}.`,
    );
  return [{ type: 'PolicyPublished', data: { policy } }];
};

export const policy: Decider<Policy, Circumstances, PolicyEvent> = {
  kind: 'policy',
  catalogue: policyEvents,
  acts: {
    Publish: act({
      summary: 'Publish a version of a policy set.',
      when: 'any',
      input: policySet,
      decide: (input, state) => publish(input, state.phase === 'open' ? state.versions : []),
    }),
  },
  initial: { phase: 'absent' },
  phase: (state) => state.phase,
  evolve: evolveWith<Policy, PolicyEvent>({
    PolicyPublished: (state, { policy: published }) => ({
      phase: 'open',
      versions: [...(state.phase === 'open' ? state.versions : []), published],
    }),
  }),
};
