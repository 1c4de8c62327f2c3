import { HIDDEN_CASES, HIDDEN_THINGS } from './seen.js';

/** What people did. */
export const WHO_TOUCHED = `
CREATE VIEW audit.who_touched AS
SELECT max(position) AS position, case_id, reference, actor_id AS person, max(recorded_at) AS recorded_at,
  array_agg(DISTINCT actor_role) AS roles, count(*) AS acts, array_agg(DISTINCT type) AS types,
  min(recorded_at) AS first_recorded_at, array_agg(position ORDER BY position) AS positions
FROM audit.case_events GROUP BY case_id, reference, actor_id;
`;

/**
 * What follows from a leaving is recorded with it: off the panels, and handed on. Whoever says who a party is may be recused
 * from a case that this takes somebody off, and acts on none by that.
 */
const FOLLOWS = `a.type <> 'StaffImplicated' AND (a.type NOT IN ('PanelMemberRecused', 'CaseRestricted') OR NOT EXISTS (
  SELECT FROM events s
  WHERE s.type IN ('HandlerRecused', 'ConflictDeclared', 'StaffImplicated') AND s.correlation_id = a.correlation_id
    AND s.stream IN (
      SELECT 'complaint-' || a.case_id
      UNION ALL SELECT 'complaint-' || h.case_id FROM hearing_cases h
      WHERE h.hearing_id = CASE WHEN a.stream LIKE 'hearing-%' THEN substr(a.stream, 9)::uuid END)))`;

/** Whoever turns out to be a party must act no more than whoever was recused. */
export const ACTED_AFTER_RECUSAL = `
-- Of a recusal that was entered for somebody else by mistake, whom it was corrected to counts.
CREATE VIEW audit.acted_after_recusal AS
SELECT a.position, r.case_id, r.reference, r.person, a.recorded_at, a.type,
  min(r.position) AS recused_at, array_agg(DISTINCT r.position) || a.position AS positions
FROM (
  SELECT e.case_id, e.reference, e.stream, e.type, e.position, coalesce((
    SELECT c.data::json->>'new' FROM events c
    WHERE c.stream = e.stream AND c.type = 'EntryCorrected' AND c.data::json->>'eventId' = e.event_id::text
      AND c.data::json->'path'->>0 = 'staffId' ORDER BY c.position DESC LIMIT 1
  ), e.data::json->>'staffId') AS person
  FROM audit.case_events e WHERE e.type IN ('HandlerRecused', 'ConflictDeclared', 'PanelMemberRecused', 'StaffImplicated')
) AS r
-- Case by case: recusals are few.
CROSS JOIN LATERAL (
  SELECT * FROM audit.case_events e
  WHERE e.case_id = r.case_id AND e.actor_id = r.person AND e.position > r.position
    AND (r.type <> 'PanelMemberRecused' OR e.stream = r.stream) OFFSET 0
) AS a
WHERE ${FOLLOWS}
GROUP BY a.position, r.case_id, r.reference, r.person, a.recorded_at, a.type;
`;

export const DECISIONS_BY_PERSON = `
CREATE VIEW audit.decisions_by_person AS
WITH findings AS (
  SELECT position, recorded_at, data::json->>'finding' AS finding, maker
  FROM events CROSS JOIN LATERAL json_array_elements_text(data::json->'by') AS maker
  WHERE type = 'FindingMade'
    AND NOT EXISTS (SELECT FROM resolutions r WHERE 'resolution-' || r.id = stream AND r.case_id = ANY ${HIDDEN_CASES})
), average AS (
  SELECT avg((finding <> 'not-upheld')::int) AS upheld FROM (SELECT DISTINCT position, finding FROM findings) AS each_once
)
SELECT max(position) AS position, NULL::uuid AS case_id, NULL::text AS reference, maker AS person,
  max(recorded_at) AS recorded_at, count(*) AS findings,
  count(*) FILTER (WHERE finding = 'upheld') AS upheld, count(*) FILTER (WHERE finding = 'partly-upheld') AS partly_upheld,
  count(*) FILTER (WHERE finding = 'not-upheld') AS not_upheld,
  round(avg((finding <> 'not-upheld')::int), 4) AS share_upheld,
  round((SELECT upheld FROM average), 4) AS share_of_all, array_agg(position ORDER BY position) AS positions
FROM findings GROUP BY maker;
`;

/** A party that stands on hidden cases and hearings alone is hidden with them. */
const PARTY_SEEN = `(e.stream NOT LIKE 'party-%'
    OR NOT EXISTS (SELECT FROM named_parties p WHERE p.person = substr(e.stream, 7) AND p.thing = ANY ${HIDDEN_THINGS})
    OR EXISTS (SELECT FROM named_parties p WHERE p.person = substr(e.stream, 7) AND p.thing <> ALL ${HIDDEN_THINGS}))`;

export const ACTS_OF_PERSON = `
CREATE VIEW audit.acts_of_person AS
SELECT e.position, c.id AS case_id, c.reference, e.actor_id AS person, e.recorded_at, e.type, e.stream,
  e.actor_role AS role, e.on_behalf_of, e.occurred_on AS happened_on, ARRAY[e.position] AS positions
FROM events e
LEFT JOIN resolutions r ON r.id = CASE WHEN e.stream LIKE 'resolution-%' THEN substr(e.stream, 12)::uuid END
LEFT JOIN cases c ON c.id = CASE WHEN e.stream LIKE 'complaint-%' OR e.stream LIKE 'deadlines-%'
  THEN substr(e.stream, 11)::uuid ELSE r.case_id END
WHERE coalesce(c.id <> ALL ${HIDDEN_CASES}, true) AND (e.stream NOT LIKE 'hearing-%' OR NOT EXISTS (
  SELECT FROM hearing_cases o
  WHERE o.hearing_id = CASE WHEN e.stream LIKE 'hearing-%' THEN substr(e.stream, 9)::uuid END
    AND o.case_id = ANY ${HIDDEN_CASES}))
  AND ${PARTY_SEEN};
`;

/** Who looked: these have the number of a look in the place of positions. */
export const LOOKS = `
CREATE VIEW audit.who_looked AS
SELECT max(l.look) AS look, l.case_id, c.reference, l.actor_id AS person, max(l.at) AS recorded_at,
  array_agg(DISTINCT l.actor_role) AS roles, count(*) AS looks, array_agg(DISTINCT l.question) AS asked,
  array_agg(DISTINCT l.door) AS doors, min(l.at) AS first_recorded_at
FROM looks l LEFT JOIN cases c ON c.id = l.case_id WHERE l.case_id IS NOT NULL
GROUP BY l.case_id, c.reference, l.actor_id;

CREATE VIEW audit.who_looked_at_party AS
SELECT max(look) AS look, NULL::uuid AS case_id, NULL::text AS reference, thing AS party_id, actor_id AS person,
  max(at) AS recorded_at, array_agg(DISTINCT actor_role) AS roles, count(*) AS looks, array_agg(DISTINCT question) AS asked,
  array_agg(DISTINCT door) AS doors, min(at) AS first_recorded_at
FROM looks WHERE kind = 'party' GROUP BY thing, actor_id;

CREATE VIEW audit.looks_of_person AS
SELECT l.look, l.case_id, c.reference, l.actor_id AS person, l.at AS recorded_at, l.actor_role AS role, l.question AS asked,
  l.kind, l.thing, l.door, l.request_id, l.reason
FROM looks l LEFT JOIN cases c ON c.id = l.case_id;
`;
