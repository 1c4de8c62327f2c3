/**
 * `append_batch` for the commonest append, when it is alone: one event on one stream, without an idempotency key or a new
 * subject. The same promises in the same order, for half the work: no arrays to take apart, nothing to sort, and a head
 * that is checked and raised in one statement. A conflict is answered by `actual`, the version that the stream has.
 */
export const APPEND_ONE = `
CREATE PROCEDURE append_one(
  head text, expected int, read_table text, read_row text,
  ev_id uuid, ev_type text, ev_schema int, ev_on date, ev_at timestamptz, ev_zone text,
  ev_actor text, ev_role text, ev_for text, ev_correlation text, ev_causation text, ev_data text,
  INOUT first_position bigint, INOUT at text, INOUT actual int)
LANGUAGE plpgsql AS $procedure$
DECLARE
  last_position bigint;
  last_at timestamptz;
  now_at timestamptz;
BEGIN
  -- As in append_batch.
  PERFORM set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true);

  IF expected = 0 THEN
    INSERT INTO streams (stream, version) VALUES (head, 1) ON CONFLICT DO NOTHING;
  ELSE
    UPDATE streams s SET version = expected + 1 WHERE s.stream = head AND s.version = expected;
  END IF;
  IF NOT FOUND THEN
    actual := coalesce((SELECT s.version FROM streams s WHERE s.stream = head), 0);
    COMMIT;
    RETURN;
  END IF;

  IF read_table IS NOT NULL THEN
    EXECUTE format('SELECT %I($1)', 'upsert_' || read_table) USING ARRAY[read_row];
  END IF;

  PERFORM pg_advisory_xact_lock(7236837);
  SELECT e.position, e.recorded_at INTO last_position, last_at FROM events e ORDER BY e.position DESC LIMIT 1;
  now_at := greatest(recording_time(), last_at + interval '1 microsecond');
  first_position := coalesce(last_position, 0) + 1;
  INSERT INTO events (position, event_id, stream, version, type, schema_version, occurred_on, occurred_at,
      occurred_zone, recorded_at, actor_id, actor_role, on_behalf_of, correlation_id, causation_id, data)
    VALUES (first_position, ev_id, head, expected + 1, ev_type, ev_schema,
      coalesce(ev_on, (ev_at AT TIME ZONE ev_zone)::date), ev_at, ev_zone,
      now_at, ev_actor, ev_role, ev_for, ev_correlation, ev_causation, ev_data);
  PERFORM pg_notify('redress_events', '');
  at := to_char(now_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
  COMMIT;
END $procedure$;`;
