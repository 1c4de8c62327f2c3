import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Roles belong to the cluster: another database, or another migration right now, may have made it already. */
const AUDITOR = `
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'redress_auditor') THEN
    CREATE ROLE redress_auditor NOLOGIN;
  END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL;
END $$;
CREATE SCHEMA audit;
`;

/** What the answers are made of; it shows sealed text, so nobody reads it but through them. */
const CASE_EVENTS = `
CREATE VIEW audit.case_events AS
SELECT c.id AS case_id, c.reference, e.* FROM cases c JOIN events e ON e.stream = 'complaint-' || c.id
UNION ALL
SELECT c.id, c.reference, e.* FROM cases c JOIN events e ON e.stream = 'deadlines-' || c.id
UNION ALL
SELECT c.id, c.reference, e.*
FROM hearing_cases h JOIN cases c ON c.id = h.case_id JOIN events e ON e.stream = 'hearing-' || h.hearing_id
UNION ALL
SELECT c.id, c.reference, e.*
FROM resolutions r JOIN cases c ON c.id = r.case_id JOIN events e ON e.stream = 'resolution-' || r.id;
`;

/** Found without reading the whole log, and so rare that an append hardly notices. */
const RARE = `
CREATE INDEX events_asked_about ON events (type, position) WHERE type IN ('EntryCorrected', 'DecisionVetoed',
  'AppealDetermined', 'SanctionVaried', 'SanctionQuashed', 'OutsideContactRecorded', 'HandlerRecused', 'ConflictDeclared',
  'PanelMemberRecused', 'DeadlineExtended', 'HearingConcluded');
`;

/**
 * One view for each question. Each row has the position it is about, its case and person where there are such, when that was
 * recorded, and all positions that prove it. Days are those of the session's time zone.
 */
const QUESTIONS = `
CREATE VIEW audit.who_touched AS
SELECT max(position) AS position, case_id, reference, actor_id AS person, max(recorded_at) AS recorded_at,
  array_agg(DISTINCT actor_role) AS roles, count(*) AS acts, array_agg(DISTINCT type) AS types,
  min(recorded_at) AS first_recorded_at, array_agg(position ORDER BY position) AS positions
FROM audit.case_events GROUP BY case_id, reference, actor_id;

-- What an import brings happened before by its nature.
CREATE VIEW audit.backdated AS
SELECT position, case_id, reference, actor_id AS person, recorded_at, type, occurred_on AS happened_on,
  recorded_at::date - occurred_on AS days_late, (data::json->>'backdatingReason') IS NOT NULL AS reason_given,
  ARRAY[position] AS positions
FROM audit.case_events WHERE occurred_on < recorded_at::date AND actor_id <> 'import' AND stream NOT LIKE 'deadlines-%';

CREATE VIEW audit.corrected AS
SELECT c.position, c.case_id, c.reference, c.actor_id AS person, c.recorded_at, wrong.type,
  wrong.actor_id AS recorded_by, array_to_string(ARRAY(SELECT json_array_elements_text(c.data::json->'path')), '.') AS field,
  CASE WHEN c.data::json->>'old' LIKE '%enc1.%' THEN '[sealed]' ELSE c.data::json->>'old' END AS old,
  CASE WHEN c.data::json->>'new' LIKE '%enc1.%' THEN '[sealed]' ELSE c.data::json->>'new' END AS new,
  ARRAY[wrong.position, c.position] AS positions
FROM audit.case_events c JOIN events wrong ON wrong.event_id = (c.data::json->>'eventId')::uuid
WHERE c.type = 'EntryCorrected';

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
  FROM audit.case_events e WHERE e.type IN ('HandlerRecused', 'ConflictDeclared', 'PanelMemberRecused')
) AS r
-- Case by case: recusals are few.
CROSS JOIN LATERAL (
  SELECT * FROM audit.case_events e
  WHERE e.case_id = r.case_id AND e.actor_id = r.person AND e.position > r.position
    AND (r.type <> 'PanelMemberRecused' OR e.stream = r.stream) OFFSET 0
) AS a
GROUP BY a.position, r.case_id, r.reference, r.person, a.recorded_at, a.type;

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

CREATE VIEW audit.decisions_by_person AS
WITH findings AS (
  SELECT position, recorded_at, data::json->>'finding' AS finding, maker
  FROM events CROSS JOIN LATERAL json_array_elements_text(data::json->'by') AS maker
  WHERE type = 'FindingMade'
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

CREATE VIEW audit.acts_of_person AS
SELECT e.position, c.id AS case_id, c.reference, e.actor_id AS person, e.recorded_at, e.type, e.stream,
  e.actor_role AS role, e.on_behalf_of, e.occurred_on AS happened_on, ARRAY[e.position] AS positions
FROM events e
LEFT JOIN resolutions r ON r.id = CASE WHEN e.stream LIKE 'resolution-%' THEN substr(e.stream, 12)::uuid END
LEFT JOIN cases c ON c.id = CASE WHEN e.stream LIKE 'complaint-%' OR e.stream LIKE 'deadlines-%'
  THEN substr(e.stream, 11)::uuid ELSE r.case_id END;

GRANT USAGE ON SCHEMA audit TO redress_app, redress_auditor;
GRANT SELECT ON audit.who_touched, audit.backdated, audit.corrected, audit.overridden, audit.outside_contacts,
  audit.acted_after_recusal, audit.extended_after_miss, audit.decisions_by_person, audit.hearing_to_decision,
  audit.acts_of_person TO redress_app, redress_auditor;
`;

export class AuditQuestions0000000000043 implements MigrationInterface {
  readonly name = 'AuditQuestions0000000000043';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [AUDITOR, RARE, CASE_EVENTS, QUESTIONS]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP SCHEMA audit CASCADE; DROP INDEX events_asked_about');
  }
}
