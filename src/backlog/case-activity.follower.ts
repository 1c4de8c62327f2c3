import type { Recorded } from '../event-store/event.js';
import type { Follower } from '../event-store/followers.js';

/** The read rows that are looked up were written by the append that recorded the act, so they are there. */
const tellActs = (acts: string): string => `
WITH acts AS (${acts})
INSERT INTO case_activity AS known (case_id, last_on, last_position)
SELECT case_id, max(day), max(position) FROM (
  SELECT id AS case_id, day, position FROM acts WHERE acts.kind = 'complaint'
  UNION ALL SELECT case_id, day, position FROM acts JOIN hearing_cases ON hearing_id = id WHERE acts.kind = 'hearing'
  UNION ALL SELECT case_id, day, position FROM acts JOIN resolutions USING (id) WHERE acts.kind = 'resolution'
) AS told GROUP BY case_id
ON CONFLICT (case_id) DO UPDATE SET last_on = greatest(known.last_on, excluded.last_on),
  last_position = greatest(known.last_position, excluded.last_position)`;

const TELL = tellActs(
  'SELECT * FROM json_to_recordset($1) AS act(kind text, id uuid, day date, position bigint)',
);

/** The next character after the dash ends the range of a kind in the index of versions. */
const TELL_ALL =
  tellActs(`SELECT kind, substr(stream, length(kind) + 2)::uuid AS id, occurred_on AS day, position
  FROM unnest('{complaint,hearing,resolution}'::text[]) AS kind
  CROSS JOIN LATERAL (SELECT * FROM events WHERE stream > kind || '-' AND stream < kind || '.' AND position <= $1) AS told`);

/** What people edit; what the clock records, in `deadlines-…`, is nobody's act. */
const STREAM = /^(complaint|hearing|resolution)-(.+)$/;

const actsOf = ({ stream, on, position }: Recorded) => {
  const [, kind, id] = STREAM.exec(stream) ?? [];
  return kind === undefined ? [] : [{ kind, id, day: on, position }];
};

/**
 * Since when nobody has done anything about a case: `case_activity`, from the streams of the case, its hearings and its
 * resolutions. An act counts on the day it happened, not on that of its record: an import wakes no case.
 */
export const caseActivity: Follower = {
  name: 'case-activity',
  apply: async (events, client) => {
    const acts = events.flatMap(actsOf);
    if (acts.length > 0) await client.query(TELL, [JSON.stringify(acts)]);
  },
  atOnce: async (client, until) => {
    await client.query(TELL_ALL, [until]);
  },
};
