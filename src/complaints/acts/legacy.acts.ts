import { z } from 'zod';
import { RuleBroken } from '../../event-store/errors.js';
import { legacySource } from '../../event-store/legacy-source.js';
import { day, word } from '../../event-store/schema.js';
import { act } from '../complaint.context.js';
import { allegation, legacyOutcome } from '../complaint.events.js';

/** Import's own door: dates and references are checked, rules of conduct are not (they were another body's then). */
export const legacyActs = {
  RecordLegacyCase: act({
    summary: 'Record a case of a legacy register, as it stood there.',
    when: 'absent',
    input: z.strictObject({
      receivedOn: day,
      channel: word,
      category: word,
      source: legacySource,
      allegations: z.array(z.strictObject({ ...allegation.shape, source: legacySource })),
    }),
    decide: ({ allegations, ...data }, _, { today }) => {
      if (data.receivedOn > today)
        throw new RuleBroken(
          'received-in-future',
          `${data.receivedOn} is in the future. Correct it in the register.`,
        );
      const reference = `${data.source.name}/${data.source.id}`;
      return [
        { type: 'ComplaintReceived', data: { reference, ...data } },
        ...allegations.map((each) => ({ type: 'AllegationAdded', data: each }) as const),
      ];
    },
  }),

  CloseLegacyCase: act({
    summary: 'Record that a case of a legacy register was closed there.',
    when: 'open',
    input: z.strictObject({ outcome: legacyOutcome, source: legacySource }),
    decide: (data) => [{ type: 'ComplaintClosed', data }],
  }),
};
