import { z } from 'zod';
import { RuleBroken } from '../../event-store/errors.js';
import { id, personal } from '../../event-store/schema.js';
import {
  appealOf,
  checkAnyAppeal,
  checkAnySanction,
  checkIndependent,
  checkTerm,
  decisionNotifications,
  isOpen,
  liveSanctionOf,
  successfulAppeal,
} from '../resolution.checks.js';
import { act, actInWords, actWhileOpen, isKnown, type ResolutionContext } from '../resolution.context.js';
import { sanctionKind, sanctionTerms } from '../resolution.events.js';
import { known, type Resolution } from '../resolution.state.js';

const reasons = personal('case').describe('Why; kept with the event.');

/** A sanction that is carried out: the parties were told, and no stay holds it up. */
const sanctionInForce = (resolution: Resolution, sanctionId: string) => {
  if (decisionNotifications(resolution).length === 0 && !known(resolution).imported)
    throw new RuleBroken(
      'decision-not-notified',
      'A sanction is in force once the parties were told. Notify first.',
    );
  const sanction = liveSanctionOf(resolution, sanctionId);
  if (sanction.status === 'stayed')
    throw new RuleBroken('sanction-stayed', `Sanction ${sanctionId} is stayed until the appeal is decided.`);
};

/** A decision is changed through an appeal that succeeded, by somebody who had no part in it. */
const checkChangeable = (resolution: Resolution, context: Partial<ResolutionContext>) => {
  checkAnySanction(resolution, ({ sanctionId }) => liveSanctionOf(resolution, sanctionId));
  checkAnyAppeal(resolution, ({ appealId }) => successfulAppeal(resolution, appealId));
  if (isKnown(context)) checkIndependent(resolution, context);
};

const checkStayable = (resolution: Resolution, sanctionId: string) => {
  const { status } = liveSanctionOf(resolution, sanctionId);
  if (status === 'stayed') throw new RuleBroken('sanction-stayed', 'This sanction is stayed already.');
};

const checkHoldsUp = (resolution: Resolution, appealId: string) => {
  if (!isOpen(appealOf(resolution, appealId)))
    throw new RuleBroken('appeal-not-open', `Appeal ${appealId} is decided; it holds nothing up.`);
};

const checkAnyInForce = (resolution: Resolution) =>
  checkAnySanction(resolution, ({ sanctionId }) => sanctionInForce(resolution, sanctionId));

const checkChange = ({ sanctionId: _, appealId: __, reasons: ___, ...terms }: Record<string, unknown>) => {
  if (Object.keys(terms).length === 0)
    throw new RuleBroken('nothing-varied', 'Say what changes: kind, from, until, suspended or details.');
};

/** What becomes of a sanction: changed through an appeal, or carried out. */
export const sanctionActs = {
  VarySanction: actWhileOpen({
    summary: 'Change a sanction through an appeal that succeeded.',
    when: 'open',
    input: z.strictObject({
      sanctionId: id,
      appealId: id,
      kind: sanctionKind.optional(),
      ...sanctionTerms,
      reasons,
    }),
    conceivable: checkChangeable,
    decide: (data, resolution, context) => {
      const sanction = liveSanctionOf(resolution, data.sanctionId);
      successfulAppeal(resolution, data.appealId);
      checkIndependent(resolution, context);
      checkChange(data);
      checkTerm({
        kind: data.kind ?? sanction.kind,
        from: data.from ?? sanction.from,
        until: data.until ?? sanction.until,
        suspended: data.suspended ?? sanction.suspended,
      });
      return [{ type: 'SanctionVaried', data }];
    },
  }),

  QuashSanction: actWhileOpen({
    summary: 'Take a sanction away through an appeal that succeeded.',
    when: 'open',
    input: z.strictObject({ sanctionId: id, appealId: id, reasons }),
    conceivable: checkChangeable,
    decide: (data, resolution, context) => {
      liveSanctionOf(resolution, data.sanctionId);
      successfulAppeal(resolution, data.appealId);
      checkIndependent(resolution, context);
      return [{ type: 'SanctionQuashed', data }];
    },
  }),

  StaySanction: actWhileOpen({
    summary: 'Hold a sanction up until an open appeal is decided.',
    when: 'open',
    input: z.strictObject({ sanctionId: id, appealId: id, reasons }),
    conceivable: (resolution, context) => {
      checkAnySanction(resolution, ({ sanctionId }) => checkStayable(resolution, sanctionId));
      checkAnyAppeal(resolution, ({ appealId }) => checkHoldsUp(resolution, appealId));
      if (isKnown(context)) checkIndependent(resolution, context);
    },
    decide: (data, resolution, context) => {
      checkStayable(resolution, data.sanctionId);
      checkHoldsUp(resolution, data.appealId);
      checkIndependent(resolution, context);
      return [{ type: 'SanctionStayed', data }];
    },
  }),

  CompleteSanction: act({
    summary: 'Record that a sanction was served in full.',
    when: 'open',
    input: z.strictObject({ sanctionId: id, remarks: personal('case').optional() }),
    conceivable: checkAnyInForce,
    decide: (data, resolution) => {
      sanctionInForce(resolution, data.sanctionId);
      return [{ type: 'SanctionCompleted', data }];
    },
  }),

  BreachSanction: actInWords({
    summary: 'Record that a sanction was not kept.',
    when: 'open',
    input: z.strictObject({ sanctionId: id, details: personal('case') }),
    conceivable: checkAnyInForce,
    decide: (data, resolution) => {
      sanctionInForce(resolution, data.sanctionId);
      return [{ type: 'SanctionBreached', data }];
    },
  }),
};
