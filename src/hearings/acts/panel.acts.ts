import { z } from 'zod';
import { RuleBroken } from '../../event-store/errors.js';
import { personal, memberRef } from '../../event-store/schema.js';
import { act, actOnOpenCases, quorumOf, type HearingContext } from '../hearing.context.js';
import { panelRole } from '../hearing.events.js';
import { checkMaySit, checkNotBegun, refuseThroughTheGlass } from '../hearing.rules.js';
import { known, type PanelMember } from '../hearing.state.js';

type Members = readonly Pick<PanelMember, 'staffId' | 'role'>[];

const checkComposition = (members: Members, context: HearingContext) => {
  const twice = members.find(({ staffId }, index) => members.findIndex((m) => m.staffId === staffId) < index);
  if (twice) throw new RuleBroken('member-twice', `${twice.staffId} is named twice. Name each member once.`);
  if (members.filter(({ role }) => role === 'chair').length !== 1)
    throw new RuleBroken('one-chair', 'A panel has exactly one chair. Give one member the role chair.');
  if (members.length < quorumOf(context))
    throw new RuleBroken(
      'panel-below-quorum',
      `A panel of this procedure has at least ${quorumOf(context)} members; ${members.length} are named.`,
    );
};

/** Who hears the cases. */
export const panelActs = {
  ConvenePanel: actOnOpenCases({
    summary: 'Name the panel; named again before the hearing begins, it replaces the one before.',
    when: 'open',
    input: z.strictObject({
      members: z
        .array(z.strictObject({ staffId: memberRef, role: panelRole }))
        .min(1)
        .max(20),
    }),
    possible: (hearing, context) => {
      checkNotBegun(known(hearing));
      refuseThroughTheGlass(context);
    },
    decide: (data, hearing, context) => {
      checkComposition(data.members, context);
      checkMaySit(hearing, context);
      return [{ type: 'PanelConvened', data }];
    },
  }),

  /** Through no door of its own: recorded with what bars them from a case that is heard. */
  RemoveFromPanel: act({
    summary: 'Take members off the panel who must have no part in one of its cases any more.',
    when: 'open',
    follows: true,
    input: z.strictObject({
      members: z.array(z.strictObject({ staffId: memberRef, reasons: personal('case') })).min(1),
    }),
    decide: ({ members }) => members.map((data) => ({ type: 'PanelMemberRecused', data })),
  }),

  RecusePanelMember: actOnOpenCases({
    summary: 'Take a member off this hearing for good.',
    when: 'open',
    input: z.strictObject({
      staffId: memberRef,
      reasons: personal('case').describe('Why; kept with the event.'),
    }),
    possible: (hearing, context) => {
      if (known(hearing).panel.length === 0)
        throw new RuleBroken('not-on-panel', 'This hearing has no panel yet. Convene it first.');
      refuseThroughTheGlass(context);
    },
    decide: (data, hearing) => {
      const { panel, recused } = known(hearing);
      if (recused.includes(data.staffId)) return [];
      if (!panel.some(({ staffId }) => staffId === data.staffId))
        throw new RuleBroken('not-on-panel', `${data.staffId} is not on the panel of this hearing.`);
      return [{ type: 'PanelMemberRecused', data }];
    },
  }),
};
