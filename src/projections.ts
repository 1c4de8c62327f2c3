import { policy } from './clocks/policy.js';
import { policyRow } from './clocks/policy.projection.js';
import type { PolicyBook } from './clocks/policy.queries.js';
import { complaint } from './complaints/complaint.js';
import { complaintRow } from './complaints/complaint.projection.js';
import { projectionOf, type Projection } from './event-store/projection.js';
import { party } from './parties/party.js';
import { partyRow } from './parties/party.projection.js';

/** Every projection of the house, in the order in which they are made anew: cases need the policies they cite. */
export const projectionsWith = (book: PolicyBook): readonly Projection[] => [
  projectionOf({ decider: policy, row: policyRow, tables: { policies: 'key' } }),
  projectionOf({ decider: party, row: partyRow, tables: { parties: 'id' } }),
  projectionOf({
    decider: complaint,
    row: complaintRow(book),
    prepare: () => book.read(),
    tables: { cases: 'id', deadlines: 'case_id', case_gaps: 'case_id' },
  }),
];
