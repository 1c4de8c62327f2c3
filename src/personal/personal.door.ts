import { aCase } from '../access/look.js';
import { readsOf, type ReadDoor } from '../access/read-door.js';
import { erasurePreview, ErasurePreviews, previewRequest } from './erasure-preview.reader.js';

const read = readsOf<ErasurePreviews>();

export const personalReads: ReadDoor<ErasurePreviews> = {
  queries: ErasurePreviews,
  reads: {
    partyErasure: read({
      summary: 'What an erasure of a party would meet; nothing is erased.',
      path: 'parties/:id/erasure',
      permission: 'erasures',
      params: previewRequest,
      answer: erasurePreview,
      looks: { shown: ({ id }, { cases }) => [{ kind: 'party', id, cases: cases.map((each) => each.id) }] },
      ask: (previews, params, sight) => previews.ofParty(params, sight),
    }),
    caseErasure: read({
      summary: 'What an erasure of a case would meet; nothing is erased.',
      path: 'cases/:id/erasure',
      permission: 'erasures',
      params: previewRequest,
      answer: erasurePreview,
      looks: { shown: ({ id }) => [aCase(id)] },
      ask: (previews, params, sight) => previews.ofCase(params, sight),
    }),
  },
};
