/**
 * The cases that whoever asks must not see. Whoever asks the views in SQL, as an auditor may, is asked for by no door: what is
 * sealed is hidden from them. Nobody is granted these two: the views that read them do so with the rights of their owner.
 */
export const HIDDEN = `
CREATE VIEW audit.hidden AS
SELECT coalesce(nullif(current_setting('redress.hidden', true), '')::uuid[],
  ARRAY(SELECT case_id FROM case_restrictions WHERE sealed_until >= current_date)) AS cases;
COMMENT ON VIEW audit.hidden IS 'The cases that whoever asks must not see, as the door that asks for them says.';

CREATE VIEW audit.hidden_things AS
SELECT cases || ARRAY(SELECT hearing_id FROM hearing_cases WHERE case_id = ANY (cases)) AS things FROM audit.hidden;
COMMENT ON VIEW audit.hidden_things IS 'The cases that whoever asks must not see, and the hearings that hear any of them.';
`;

/** Asked once by a statement, not for each row. */
export const HIDDEN_CASES = '((SELECT cases FROM audit.hidden)::uuid[])';
export const HIDDEN_THINGS = '((SELECT things FROM audit.hidden_things)::uuid[])';

const seen = `c.id <> ALL ${HIDDEN_CASES}`;

/** What the answers are made of; it shows sealed text, so nobody reads it but through them. */
export const CASE_EVENTS = `
CREATE VIEW audit.case_events AS
SELECT c.id AS case_id, c.reference, e.* FROM cases c JOIN events e ON e.stream = 'complaint-' || c.id WHERE ${seen}
UNION ALL
SELECT c.id, c.reference, e.* FROM cases c JOIN events e ON e.stream = 'deadlines-' || c.id WHERE ${seen}
UNION ALL
SELECT c.id, c.reference, e.*
FROM hearing_cases h JOIN cases c ON c.id = h.case_id JOIN events e ON e.stream = 'hearing-' || h.hearing_id
WHERE NOT EXISTS (SELECT FROM hearing_cases o WHERE o.hearing_id = h.hearing_id AND o.case_id = ANY ${HIDDEN_CASES})
UNION ALL
SELECT c.id, c.reference, e.*
FROM resolutions r JOIN cases c ON c.id = r.case_id JOIN events e ON e.stream = 'resolution-' || r.id WHERE ${seen};
`;
