import { z } from 'zod';
import { RuleBroken } from '../../event-store/errors.js';
import { id, personal } from '../../event-store/schema.js';
import {
  appealOf,
  checkIndependent,
  checkTerm,
  decisionNotifications,
  isOpen,
  liveSanctionOf,
  successfulAppeal,
} from '../resolution.checks.js';
import { act, actWhileOpen } from '../resolution.context.js';
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
    decide: (data, resolution, context) => {
      const { status } = liveSanctionOf(resolution, data.sanctionId);
      if (status === 'stayed') throw new RuleBroken('sanction-stayed', 'This sanction is stayed already.');
      if (!isOpen(appealOf(resolution, data.appealId)))
        throw new RuleBroken('appeal-not-open', `Appeal ${data.appealId} is decided; it holds nothing up.`);
      checkIndependent(resolution, context);
      return [{ type: 'SanctionStayed', data }];
    },
  }),

  CompleteSanction: act({
    summary: 'Record that a sanction was served in full.',
    when: 'open',
    input: z.strictObject({ sanctionId: id, remarks: personal('case').optional() }),
    decide: (data, resolution) => {
      sanctionInForce(resolution, data.sanctionId);
      return [{ type: 'SanctionCompleted', data }];
    },
  }),

  BreachSanction: act({
    summary: 'Record that a sanction was not kept.',
    when: 'open',
    input: z.strictObject({ sanctionId: id, details: personal('case') }),
    decide: (data, resolution) => {
      sanctionInForce(resolution, data.sanctionId);
      return [{ type: 'SanctionBreached', data }];
    },
  }),
};
