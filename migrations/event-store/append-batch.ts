/**
 * Commits a batch of appends as one transaction; the arrays hold one element per stream, event, key or row, and say
 * by item number whose it is. All arrays are sorted by what they lock, so that two batches cannot deadlock:
 * idempotency keys first, then new heads, then old ones. A refused item leaves nothing behind.
 *
 * A procedure that ends in COMMIT, because a client stopped between Execute and Sync would hold a function's locks;
 * therefore no EXCEPTION block, no SET clause, no SECURITY DEFINER. Every statement after the advisory lock sees
 * what was committed under it before.
 */
export const APPEND_BATCH = `
CREATE PROCEDURE append_batch(
  once_item int[], once_key text[], once_request text[], once_answer text[],
  new_item int[], new_stream text[], new_count int[],
  old_item int[], old_stream text[], old_expected int[], old_count int[],
  subject_item int[], subject text[], subject_wrapped bytea[],
  read_tables text[], row_item int[], row_table text[], row_text text[],
  ev_item int[], ev_id uuid[], ev_stream text[], ev_version int[], ev_type text[], ev_schema int[],
  ev_on date[], ev_at timestamptz[], ev_zone text[],
  ev_actor text[], ev_role text[], ev_for text[], ev_correlation text[], ev_causation text[], ev_data text[],
  INOUT first_position bigint, INOUT at text, INOUT refused json)
LANGUAGE plpgsql AS $procedure$
DECLARE
  out_items int[] := '{}';
  lost int[];
  written int;
  repeated json;
  conflicts json;
  read_table text;
  read_rows text[];
  last_position bigint;
  last_at timestamptz;
  now_at timestamptz;
  setting text;
BEGIN
  -- Generic plans through indexes, whatever the statistics said when the tables were small.
  setting := set_config('plan_cache_mode', 'force_generic_plan', true);
  setting := set_config('enable_seqscan', 'off', true);

  IF cardinality(once_key) > 0 THEN
    INSERT INTO idempotency_keys (key, request, answer)
      SELECT * FROM unnest(once_key, once_request, once_answer)
      ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS written = ROW_COUNT;
    IF written < cardinality(once_key) THEN
      SELECT coalesce(array_agg(o.item), '{}'), json_agg(json_build_array(o.item, k.request, k.answer)) INTO out_items, repeated
        FROM unnest(once_item, once_key) AS o(item, key) JOIN idempotency_keys k ON k.key = o.key
        WHERE k.xmin <> pg_current_xact_id()::xid;
    END IF;
  END IF;

  IF cardinality(new_stream) > 0 THEN
    INSERT INTO streams (stream, version)
      SELECT new_stream[i], new_count[i] FROM generate_subscripts(new_stream, 1) AS i
      WHERE new_item[i] <> ALL (out_items)
      ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS written = ROW_COUNT;
    IF written < cardinality(new_stream) THEN
      SELECT array_agg(n.item), json_agg(json_build_array(n.item, n.stream, s.version)) INTO lost, conflicts
        FROM unnest(new_item, new_stream) AS n(item, stream) JOIN streams s ON s.stream = n.stream
        WHERE n.item <> ALL (out_items) AND s.xmin <> pg_current_xact_id()::xid;
    END IF;
  END IF;

  IF cardinality(old_stream) > 0 THEN
    SELECT count(*) INTO written
      FROM (SELECT s.stream, s.version FROM streams s WHERE s.stream = ANY (old_stream) ORDER BY s.stream FOR UPDATE) AS l
      JOIN unnest(old_stream, old_expected) AS o(stream, expected)
        ON o.stream = l.stream AND o.expected = l.version;
    IF written < cardinality(old_stream) THEN
      SELECT array_agg(o.item) || lost,
             array_to_json(array_agg(json_build_array(o.item, o.stream, coalesce(s.version, 0))) || ARRAY(SELECT json_array_elements(conflicts)))
        INTO lost, conflicts
        FROM unnest(old_item, old_stream, old_expected) AS o(item, stream, expected)
        LEFT JOIN streams s ON s.stream = o.stream
        WHERE o.item <> ALL (out_items) AND o.expected <> coalesce(s.version, 0);
    END IF;
  END IF;

  IF lost IS NOT NULL THEN
    DELETE FROM idempotency_keys k USING unnest(once_item, once_key) AS o(item, key)
      WHERE k.key = o.key AND o.item = ANY (lost);
    DELETE FROM streams s USING unnest(new_item, new_stream) AS n(item, stream)
      WHERE s.stream = n.stream AND n.item = ANY (lost) AND s.xmin = pg_current_xact_id()::xid;
    out_items := out_items || lost;
  END IF;

  IF cardinality(old_stream) > 0 THEN
    UPDATE streams s SET version = o.expected + o.count
      FROM unnest(old_item, old_stream, old_expected, old_count) AS o(item, stream, expected, count)
      WHERE s.stream = o.stream AND o.count > 0 AND o.item <> ALL (out_items);
  END IF;
  IF cardinality(subject) > 0 THEN
    INSERT INTO subject_keys (subject, wrapped)
      SELECT append_batch.subject[i], subject_wrapped[i] FROM generate_subscripts(subject_item, 1) AS i
      WHERE subject_item[i] <> ALL (out_items);
  END IF;

  FOREACH read_table IN ARRAY read_tables LOOP
    IF cardinality(read_tables) = 1 AND cardinality(out_items) = 0 THEN
      read_rows := row_text;
    ELSE
      read_rows := ARRAY(SELECT r.text FROM unnest(row_item, row_table, row_text) AS r(item, name, text)
        WHERE r.name = read_table AND r.item <> ALL (out_items));
    END IF;
    IF cardinality(read_rows) > 0 THEN
      EXECUTE format('SELECT %I($1)', 'upsert_' || read_table) USING read_rows;
    END IF;
  END LOOP;

  IF cardinality(ev_id) > 0 AND NOT ev_item <@ out_items THEN
    PERFORM pg_advisory_xact_lock(7236837);
    SELECT e.position, e.recorded_at INTO last_position, last_at FROM events e ORDER BY e.position DESC LIMIT 1;
    now_at := greatest(recording_time(), last_at + interval '1 microsecond');
    first_position := coalesce(last_position, 0) + 1;
    INSERT INTO events (position, event_id, stream, version, type, schema_version, occurred_on, occurred_at,
        occurred_zone, recorded_at, actor_id, actor_role, on_behalf_of, correlation_id, causation_id, data)
      -- By subscript: an unnest of fifteen arrays costs a lone append a third more.
      SELECT first_position - 1 + row_number() OVER (), ev_id[i], ev_stream[i], ev_version[i], ev_type[i], ev_schema[i],
        coalesce(ev_on[i], (ev_at[i] AT TIME ZONE ev_zone[i])::date), ev_at[i], ev_zone[i],
        now_at, ev_actor[i], ev_role[i], ev_for[i], ev_correlation[i], ev_causation[i], ev_data[i]
      FROM generate_subscripts(ev_id, 1) AS i
      WHERE ev_item[i] <> ALL (out_items);
    PERFORM pg_notify('redress_events', '');
    at := to_char(now_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
  END IF;

  IF cardinality(new_count) > 0 AND 0 = ANY (new_count) THEN
    -- Asserted absent: the head only kept others from creating the stream meanwhile.
    DELETE FROM streams s USING unnest(new_stream, new_count) AS n(stream, count)
      WHERE s.stream = n.stream AND n.count = 0 AND s.version = 0;
  END IF;
  IF cardinality(out_items) > 0 THEN
    refused := json_build_object('repeated', repeated, 'conflicts', conflicts);
  END IF;
  COMMIT;
END $procedure$;`;
