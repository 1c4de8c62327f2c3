import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Asked once by a statement, not for each row. */
const HIDDEN_CASES = '((SELECT cases FROM audit.hidden)::uuid[])';

/** Nobody is granted it: the views that read it do so with the rights of their owner. */
const HIDDEN = `
CREATE VIEW audit.hidden AS
SELECT coalesce(nullif(current_setting('redress.hidden', true), ''), '{}')::uuid[] AS cases;
COMMENT ON VIEW audit.hidden IS 'The cases that whoever asks must not see, as the door that asks for them says.';
`;

interface Without {
  readonly own: string;
  readonly heard: string;
  readonly hearing: string;
  readonly decided: string;
}

const seen: Without = {
  own: ` WHERE c.id <> ALL ${HIDDEN_CASES}`,
  heard: `
WHERE NOT EXISTS (SELECT FROM hearing_cases o WHERE o.hearing_id = h.hearing_id AND o.case_id = ANY ${HIDDEN_CASES})`,
  hearing: `
WHERE coalesce(c.id <> ALL ${HIDDEN_CASES}, true) AND (e.stream NOT LIKE 'hearing-%' OR NOT EXISTS (
  SELECT FROM hearing_cases o
  WHERE o.hearing_id = CASE WHEN e.stream LIKE 'hearing-%' THEN substr(e.stream, 9)::uuid END
    AND o.case_id = ANY ${HIDDEN_CASES}))`,
  decided: `
    AND NOT EXISTS (SELECT FROM resolutions r WHERE 'resolution-' || r.id = stream AND r.case_id = ANY ${HIDDEN_CASES})`,
};

const whole: Without = { own: '', heard: '', hearing: '', decided: '' };

/** As migration 0043 has them. */
const views = ({ own, heard, hearing, decided }: Without): string => `
CREATE OR REPLACE VIEW audit.case_events AS
SELECT c.id AS case_id, c.reference, e.* FROM cases c JOIN events e ON e.stream = 'complaint-' || c.id${own}
UNION ALL
SELECT c.id, c.reference, e.* FROM cases c JOIN events e ON e.stream = 'deadlines-' || c.id${own}
UNION ALL
SELECT c.id, c.reference, e.*
FROM hearing_cases h JOIN cases c ON c.id = h.case_id JOIN events e ON e.stream = 'hearing-' || h.hearing_id${heard}
UNION ALL
SELECT c.id, c.reference, e.*
FROM resolutions r JOIN cases c ON c.id = r.case_id JOIN events e ON e.stream = 'resolution-' || r.id${own};

CREATE OR REPLACE VIEW audit.decisions_by_person AS
WITH findings AS (
  SELECT position, recorded_at, data::json->>'finding' AS finding, maker
  FROM events CROSS JOIN LATERAL json_array_elements_text(data::json->'by') AS maker
  WHERE type = 'FindingMade'${decided}
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

CREATE OR REPLACE VIEW audit.acts_of_person AS
SELECT e.position, c.id AS case_id, c.reference, e.actor_id AS person, e.recorded_at, e.type, e.stream,
  e.actor_role AS role, e.on_behalf_of, e.occurred_on AS happened_on, ARRAY[e.position] AS positions
FROM events e
LEFT JOIN resolutions r ON r.id = CASE WHEN e.stream LIKE 'resolution-%' THEN substr(e.stream, 12)::uuid END
LEFT JOIN cases c ON c.id = CASE WHEN e.stream LIKE 'complaint-%' OR e.stream LIKE 'deadlines-%'
  THEN substr(e.stream, 11)::uuid ELSE r.case_id END${hearing};
`;

export class QuestionsSeen0000000000058 implements MigrationInterface {
  readonly name = 'QuestionsSeen0000000000058';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [HIDDEN, views(seen)]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(views(whole));
    await runner.query('DROP VIEW audit.hidden');
  }
}
