import { z } from 'zod';
import { id } from '../../event-store/schema.js';
import { act } from '../complaint.context.js';

/**
 * Recorded together with the hearing or resolution that begins, and through no door of its own: with it the complaint's
 * own stream says what must be over before the case is closed.
 */
export const attachmentActs = {
  AttachHearing: act({
    summary: 'A hearing of this case begins.',
    when: 'open',
    input: z.strictObject({ hearingId: id }),
    decide: (data) => [{ type: 'HearingAttached', data }],
  }),

  AttachResolution: act({
    summary: 'A resolution of this case begins.',
    when: 'open',
    input: z.strictObject({ resolutionId: id }),
    decide: (data) => [{ type: 'ResolutionAttached', data }],
  }),
};
