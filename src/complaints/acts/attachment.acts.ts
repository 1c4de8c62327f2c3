import { z } from 'zod';
import { day, id } from '../../event-store/schema.js';
import { act } from '../complaint.context.js';

/**
 * Recorded together with what happens to a hearing or resolution, and through no door of their own: with them the
 * complaint's own stream says what must be over before the case is closed, and its clocks go by what they say.
 */
export const attachmentActs = {
  AttachHearing: act({
    summary: 'A hearing of this case begins.',
    when: 'open',
    input: z.strictObject({ hearingId: id }),
    decide: (data) => [{ type: 'HearingAttached', data }],
  }),

  PostponeForCompanion: act({
    summary:
      'A hearing of this case is postponed, because a companion cannot come on the day that was proposed.',
    when: 'open',
    input: z.strictObject({ hearingId: id, proposedFor: day }),
    decide: (data) => [{ type: 'HearingPostponedForCompanion', data }],
  }),

  HoldHearing: act({
    summary: 'A hearing of this case has begun.',
    when: 'open',
    input: z.strictObject({ hearingId: id }),
    decide: (data) => [{ type: 'HearingHeld', data }],
  }),

  AttachResolution: act({
    summary: 'A resolution of this case begins.',
    when: 'open',
    input: z.strictObject({ resolutionId: id }),
    decide: (data) => [{ type: 'ResolutionAttached', data }],
  }),
};
