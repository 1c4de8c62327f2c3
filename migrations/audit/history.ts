/** How what stands on record came to stand there. */
export const BACKDATED = `
-- What an import brings happened before by its nature.
CREATE VIEW audit.backdated AS
SELECT position, case_id, reference, actor_id AS person, recorded_at, type, occurred_on AS happened_on,
  recorded_at::date - occurred_on AS days_late, (data::json->>'backdatingReason') IS NOT NULL AS reason_given,
  ARRAY[position] AS positions
FROM audit.case_events WHERE occurred_on < recorded_at::date AND actor_id <> 'import' AND stream NOT LIKE 'deadlines-%';
`;

export const CORRECTED = `
CREATE VIEW audit.corrected AS
SELECT c.position, c.case_id, c.reference, c.actor_id AS person, c.recorded_at, wrong.type,
  wrong.actor_id AS recorded_by, array_to_string(ARRAY(SELECT json_array_elements_text(c.data::json->'path')), '.') AS field,
  CASE WHEN c.data::json->>'old' LIKE '%enc1.%' THEN '[sealed]' ELSE c.data::json->>'old' END AS old,
  CASE WHEN c.data::json->>'new' LIKE '%enc1.%' THEN '[sealed]' ELSE c.data::json->>'new' END AS new,
  ARRAY[wrong.position, c.position] AS positions
FROM audit.case_events c JOIN events wrong ON wrong.event_id = (c.data::json->>'eventId')::uuid
WHERE c.type = 'EntryCorrected';
`;

export const OVERRIDDEN = `
CREATE VIEW audit.overridden AS
SELECT o.position, o.case_id, o.reference, o.actor_id AS person, o.recorded_at,
  CASE o.type WHEN 'DecisionVetoed' THEN 'vetoed' WHEN 'SanctionVaried' THEN 'sanction varied'
    WHEN 'SanctionQuashed' THEN 'sanction quashed'
    ELSE 'appeal ' || (o.data::json->>'outcome') END AS how,
  made.makers, made.positions || o.position AS positions
FROM audit.case_events o
CROSS JOIN LATERAL (
  SELECT coalesce(array_agg(DISTINCT maker) FILTER (WHERE maker IS NOT NULL), '{}') AS makers,
    coalesce(array_agg(DISTINCT d.position), '{}') AS positions
  FROM events d LEFT JOIN LATERAL json_array_elements_text(d.data::json->'by') AS maker ON d.type = 'FindingMade'
  WHERE d.stream = o.stream AND d.position < o.position AND d.type IN ('FindingMade', 'SanctionImposed')
) AS made
WHERE o.type IN ('DecisionVetoed', 'SanctionVaried', 'SanctionQuashed')
  OR o.type = 'AppealDetermined' AND o.data::json->>'outcome' <> 'dismissed';
`;

export const OUTSIDE_CONTACTS = `
CREATE VIEW audit.outside_contacts AS
SELECT o.position, o.case_id, o.reference, o.actor_id AS person, o.recorded_at, o.occurred_on AS happened_on,
  after.types AS followed, o.position || after.positions AS positions
FROM audit.case_events o
CROSS JOIN LATERAL (
  SELECT coalesce(array_agg(e.type ORDER BY e.position), '{}') AS types,
    coalesce(array_agg(e.position ORDER BY e.position), '{}') AS positions
  FROM audit.case_events e
  WHERE e.case_id = o.case_id AND e.position > o.position AND e.recorded_at < o.recorded_at + interval '14 days'
    AND e.stream NOT LIKE 'deadlines-%'
) AS after
WHERE o.type = 'OutsideContactRecorded';
`;

export const EXTENDED_AFTER_MISS = `
CREATE VIEW audit.extended_after_miss AS
SELECT x.position, x.case_id, x.reference, x.actor_id AS person, x.recorded_at,
  x.data::json->>'deadline' AS deadline, (x.data::json->>'oldDueOn')::date AS old_due_on,
  (x.data::json->>'newDueOn')::date AS new_due_on, miss.positions || x.position AS positions
FROM audit.case_events x
CROSS JOIN LATERAL (
  SELECT coalesce(array_agg(m.position), '{}') AS positions FROM events m
  WHERE m.stream = 'deadlines-' || x.case_id AND m.type = 'DeadlineMissed' AND m.position < x.position
    AND m.data::json->>'deadline' = x.data::json->>'deadline' AND m.data::json->>'dueOn' = x.data::json->>'oldDueOn'
) AS miss
WHERE x.type = 'DeadlineExtended'
  AND (x.recorded_at::date > (x.data::json->>'oldDueOn')::date OR miss.positions <> '{}');
`;

export const HEARING_TO_DECISION = `
CREATE VIEW audit.hearing_to_decision AS
SELECT h.position, h.case_id, h.reference, d.actor_id AS person, h.recorded_at, h.occurred_on AS concluded_on,
  d.occurred_on AS decided_on, coalesce(d.occurred_on, current_date) - h.occurred_on AS days,
  array_remove(ARRAY[h.position, d.position], NULL) AS positions
FROM audit.case_events h
LEFT JOIN LATERAL (
  SELECT e.position, e.actor_id, e.occurred_on FROM audit.case_events e
  WHERE e.case_id = h.case_id AND e.position > h.position AND e.type IN ('FindingMade', 'AppealDetermined')
  ORDER BY e.position LIMIT 1
) AS d ON true
WHERE h.type = 'HearingConcluded';
`;
