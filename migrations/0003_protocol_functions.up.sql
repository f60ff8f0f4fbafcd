-- The protocol between workers and the database; docs/protocol/README.md describes it call by call.
-- These functions store and fetch. What an outcome means for a run is decided by the workers,
-- in one place (SwellCore), and arrives here as rows to store.
--
-- One call is one transaction. Locks are taken in one order: the recorder's advisory lock,
-- "ready" by run_id (skipping what is locked), "circuit" by name.
--
-- SW101: the epoch of the recorder was raised, so this call comes too late and does nothing.
-- SW102: the worker is not registered.
-- SW103: the transaction is not the one in which the claim was fenced.

-- Makes a worker known, or known again after it lost its connection. Takes the session lock
-- that says "this process lives", unless an old session of the same worker still holds it.
CREATE FUNCTION swell.register_v1(
  p_worker uuid, p_name text, p_host text, p_pid integer, p_version text, p_kinds text[],
  p_queues text[], p_recorders integer, p_lock boolean,
  OUT locked boolean, OUT epochs bigint[]
)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, swell, pg_temp
SET lock_timeout = '4s'
AS $$
#variable_conflict use_column
DECLARE
  t timestamptz := swell.now();
  the_key bigint := hashtextextended('swell.worker ' || p_worker::text, 0);
  got boolean := false;
BEGIN
  IF p_lock THEN
    got := pg_try_advisory_lock(the_key);
  END IF;
  INSERT INTO swell.worker AS w (worker_id, name, host, pid, version, kinds, queues, locked, lock_key, epochs, state, started_at, heartbeat_at)
  VALUES (p_worker, p_name, p_host, p_pid, p_version, p_kinds, p_queues, got, the_key, array_fill(1::bigint, ARRAY[p_recorders]), 'running', t, t)
  ON CONFLICT ON CONSTRAINT worker_pkey DO UPDATE
    SET locked = excluded.locked, state = 'running', heartbeat_at = excluded.heartbeat_at,
      kinds = excluded.kinds, queues = excluded.queues, settled = false, searched_at = NULL
  RETURNING w.locked, w.epochs INTO register_v1.locked, register_v1.epochs;
END
$$;

-- One definition, as it was applied. A run that is one item of a map has the name workflow/node.
CREATE FUNCTION swell.definition_v1(p_workflow text, p_version integer) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, swell, pg_temp
AS $$
  SELECT d.definition FROM swell.workflow AS d WHERE d.workflow = split_part(p_workflow, '/', 1) AND d.version = p_version
$$;

-- Finds the lanes of a queue and several sets of kinds, and makes those that are missing.
-- The arrays are parallel; a set of kinds is sorted and joined by commas. Idle workers learn of
-- a new lane at once. One that is made in a transaction which stays open is not waited for (55P03).
CREATE FUNCTION swell.lanes_v1(p_queues text[], p_kinds text[])
RETURNS TABLE (lane integer, queue text, kinds text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, swell, pg_temp
SET lock_timeout = '100ms'
AS $$
#variable_conflict use_column
BEGIN
  INSERT INTO swell.lane (queue, kinds)
  SELECT x.queue, string_to_array(x.kinds, ',')
  FROM unnest(p_queues, p_kinds) AS x(queue, kinds)
  WHERE NOT EXISTS (SELECT FROM swell.lane AS l WHERE l.queue = x.queue AND l.kinds = string_to_array(x.kinds, ','))
  ORDER BY x.queue, x.kinds
  ON CONFLICT ON CONSTRAINT lane_queue_kinds DO NOTHING;
  IF FOUND THEN
    PERFORM pg_notify('swell_ready', '1');
  END IF;
  RETURN QUERY
    SELECT l.lane, l.queue, array_to_string(l.kinds, ',')
    FROM unnest(p_queues, p_kinds) AS x(queue, kinds)
    JOIN swell.lane AS l ON l.queue = x.queue AND l.kinds = string_to_array(x.kinds, ',');
END
$$;

-- Which history of the database this is: a standby that becomes the primary begins a new one, and so does what was
-- restored to a point in time. NULL where the server does not say. Its callers have pinned the path, which would be two
-- thirds of what it costs.
CREATE FUNCTION swell.timeline() RETURNS bigint
LANGUAGE plpgsql STABLE
AS $$
BEGIN
  RETURN ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::bigint;
EXCEPTION WHEN OTHERS THEN
  RETURN NULL;
END
$$;

-- Checks the epoch of a recorder, and that the database is the one that it began in, holding its lock until the transaction
-- ends. Its callers have pinned the path: once a call is enough.
CREATE FUNCTION swell.check_epoch(p_worker uuid, p_recorder integer, p_epoch bigint) RETURNS void
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
  stored bigint;
  began bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(p_worker::text, p_recorder + 1));
  SELECT w.epochs[p_recorder + 1], w.timelines[p_recorder + 1] INTO stored, began FROM swell.worker AS w WHERE w.worker_id = p_worker;
  IF stored IS NULL THEN
    RAISE EXCEPTION 'worker % has no recorder % here', p_worker, p_recorder USING ERRCODE = 'SW102';
  END IF;
  IF stored <> p_epoch THEN
    RAISE EXCEPTION 'recorder % of worker % is in epoch %, this call is of epoch %', p_recorder, p_worker, stored, p_epoch
      USING ERRCODE = 'SW101';
  END IF;
  -- Behind a pooler nothing else says that another server has taken over.
  IF began <> swell.timeline() THEN
    RAISE EXCEPTION 'recorder % of worker % has not reconciled with this server, which is a promoted or restored one', p_recorder, p_worker
      USING ERRCODE = 'SW101';
  END IF;
END
$$;

-- What a transaction keeps that has fenced a claim, and only that transaction: a setting of its own is
-- gone with its end, and it names the transaction.
CREATE FUNCTION swell.fence_mark(p_run uuid, p_token bigint) RETURNS text
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, swell, pg_temp
AS $$
  SELECT concat_ws(' ', p_run, p_token, pg_current_xact_id())
$$;

-- Locks a claim until the caller's transaction ends, so that what the caller does in it and the record of
-- that are one commit. Says whether the claim is still held: if not, or if a server has taken over that its recorder has not
-- reconciled with, there must be no effect.
--
-- Waits for whoever has the row locked, and holds nothing meanwhile. Nobody waits for the lock that it
-- takes: all others skip what is locked. So it takes no part in the order of locks, and the record that
-- follows in its transaction does without the recorder's lock.
CREATE FUNCTION swell.fence_v1(p_worker uuid, p_recorder integer, p_run uuid, p_token bigint) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, swell, pg_temp
SET lock_timeout = '6s'
AS $$
BEGIN
  PERFORM FROM swell.ready AS r
  WHERE r.run_id = p_run AND r.claim_token = p_token AND r.claimed_by = p_worker AND r.recorder = p_recorder
  FOR UPDATE;
  IF NOT FOUND
    OR (SELECT w.timelines[p_recorder + 1] <> swell.timeline() FROM swell.worker AS w WHERE w.worker_id = p_worker)
  THEN
    RETURN false;
  END IF;
  PERFORM set_config('swell.fence', swell.fence_mark(p_run, p_token), true);
  RETURN true;
END
$$;

-- Checks that this is the transaction that has fenced the claims, each of them: the one run of a record.
CREATE FUNCTION swell.check_fence(p_runs uuid[], p_tokens bigint[]) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, swell, pg_temp
AS $$
BEGIN
  IF cardinality(p_runs) = 1
    AND current_setting('swell.fence', true) IS NOT DISTINCT FROM swell.fence_mark(p_runs[1], p_tokens[1])
  THEN
    RETURN;
  END IF;
  RAISE EXCEPTION 'the transaction in which run % was fenced has ended', p_runs[1]
    USING ERRCODE = 'SW103', HINT = 'A statement in between committed or rolled back: Swell begins and ends this transaction.';
END
$$;

-- After the reply to the commit of a fenced transaction was lost: waits for that transaction to end, and
-- says whether its success is stored. Whoever holds the row may be that transaction's old session.
CREATE FUNCTION swell.confirm_v1(
  p_worker uuid, p_run uuid, p_token bigint, p_node text, p_item integer, p_iteration integer, p_attempt integer
) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, swell, pg_temp
SET lock_timeout = '6s'
AS $$
BEGIN
  PERFORM FROM swell.ready AS r WHERE r.run_id = p_run FOR UPDATE;
  -- A statement of its own, which sees what was committed while the lock was waited for.
  RETURN EXISTS (
    SELECT FROM swell.node AS n
    WHERE n.run_id = p_run AND n.node_id = p_node AND n.item = p_item AND n.iteration = p_iteration
      AND n.state = 'succeeded' AND n.attempt = p_attempt AND n.claim_token = p_token AND n.worker = p_worker);
END
$$;

-- The wave that a run has come to by what is stored: a record that goes on in its lane leaves the
-- run's row as it is, so whoever frees a claim without a record writes the wave down. One that cannot be read is freed
-- all the same: whoever claims it next sets it aside.
CREATE FUNCTION swell.reached_wave(p_run uuid, p_wave integer) RETURNS integer
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, swell, pg_temp
AS $$
BEGIN
  RETURN GREATEST(p_wave, (
    SELECT max(n.wave) + 1
    FROM swell.node AS n
    WHERE n.run_id = p_run AND n.state IN ('succeeded', 'failed', 'cancelled', 'skipped')));
EXCEPTION WHEN internal_error OR system_error THEN
  RETURN p_wave;
END
$$;

-- The lane of a run that is let go: its holder may have been told of a cancel, or of a message that ends what waits for it,
-- which ask for no kinds.
CREATE FUNCTION swell.freed_lane(p_run uuid, p_lane integer) RETURNS integer
LANGUAGE sql STABLE
SET search_path = pg_catalog, swell, pg_temp
SET jit = off
AS $$
  SELECT CASE WHEN p_lane > 1 AND EXISTS (
      SELECT FROM swell.signal AS s
      WHERE s.run_id = p_run AND (s.kind = 'cancel' OR s.folded AND s.kind IN ('signal', 'answer', 'child')) OFFSET 0)
    THEN 1 ELSE p_lane END
$$;

-- When a run that is let go, and due again at p_due, is looked at though nobody may have its kinds: its row has lost that
-- if it had been woken. A retry that was due before has been looked at, or is in flight.
CREATE FUNCTION swell.freed_wake(p_run uuid, p_lane integer, p_wake timestamptz, p_due timestamptz) RETURNS timestamptz
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, swell, pg_temp
SET jit = off
AS $$
DECLARE
  wake timestamptz;
BEGIN
  IF swell.freed_lane(p_run, p_lane) <= 1 THEN
    RETURN NULL;
  END IF;
  wake := LEAST(p_wake,
    (SELECT u.deadline FROM swell.run AS u WHERE u.run_id = p_run),
    (SELECT min(n.scheduled_at) FROM swell.node AS n
      WHERE n.run_id = p_run AND n.state IN ('retrying', 'waiting') AND n.scheduled_at > p_due));
  RETURN CASE WHEN wake < p_due THEN p_due ELSE wake END;
EXCEPTION WHEN internal_error OR system_error THEN
  RETURN p_due;
END
$$;

-- The circuits that have failures, as a worker wants to know them; NULL when there are none. One that is open for
-- longer than any is opened for was opened by another server's clock: its time has passed.
CREATE FUNCTION swell.failing_circuits(t timestamptz) RETURNS jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, swell, pg_temp
AS $$
  SELECT jsonb_agg(jsonb_build_object(
    'circuit', c.circuit, 'failures', c.consecutive_failures,
    'open_in', CASE WHEN c.open_until > t + interval '1 minute' THEN 0 ELSE (extract(epoch FROM c.open_until - t) * 1000000)::bigint END))
  FROM swell.circuit AS c
  WHERE c.consecutive_failures > 0
$$;

-- A signal as workers read it. What people sent, and what a child gave, goes as text: nobody has to take
-- it apart to pass it on.
CREATE FUNCTION swell.signal_report(p_id bigint, p_run uuid, p_kind text, p_name text, p_payload jsonb, p_sender text) RETURNS jsonb
LANGUAGE sql STABLE
AS $$
  SELECT pg_catalog.jsonb_build_object('id', p_id, 'run', p_run, 'kind', p_kind, 'sender', p_sender)
    || CASE WHEN p_name IS NULL THEN pg_catalog.jsonb_build_object('payload', p_payload)
      WHEN p_kind = 'child' THEN pg_catalog.jsonb_build_object('name', p_name,
        'payload', p_payload OPERATOR(pg_catalog.-) 'body', 'body', (p_payload OPERATOR(pg_catalog.->) 'body')::pg_catalog.text)
      ELSE pg_catalog.jsonb_build_object('name', p_name, 'body', p_payload::pg_catalog.text) END
$$;

-- The same for whoever holds many runs: of a signal that the server cannot read it says that, as kind `unreadable`, and the
-- others are told. A claim fails instead, and pauses the run.
CREATE FUNCTION swell.readable_report(p_id bigint, p_run uuid, p_kind text, p_name text, p_payload jsonb, p_sender text) RETURNS jsonb
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, swell, pg_temp
AS $$
BEGIN
  RETURN swell.signal_report(p_id, p_run, p_kind, p_name, p_payload, p_sender);
EXCEPTION WHEN internal_error OR system_error OR program_limit_exceeded OR data_exception THEN
  -- What people want of a run needs no reason.
  RETURN jsonb_build_object('id', p_id, 'run', p_run,
    'kind', CASE WHEN p_kind IN ('cancel', 'pause', 'resume') THEN p_kind ELSE 'unreadable' END, 'sender', p_sender);
END
$$;

-- The runs that have signals which nobody has seen, of those from an id on: below it are none but entries of what is
-- gone, which must stay while somebody holds a snapshot, and which each call would read again. Of a thousand such signals
-- and more they are found by jumping from one run to the next in the index, since one parent may have thousands. It
-- becomes a part of whatever asks, so everything in it is qualified. Whoever asks looks up the rest run by run, in a
-- subselect that is not taken apart: a join of another order reads all signals for each run, or all runs for each
-- signal.
CREATE FUNCTION swell.spoken_to(p_from bigint) RETURNS SETOF uuid
LANGUAGE sql STABLE
AS $$
  WITH RECURSIVE oldest AS MATERIALIZED (
    SELECT s.run_id
    FROM swell.signal AS s
    WHERE NOT COALESCE(s.folded, false) AND s.signal_id OPERATOR(pg_catalog.>=) p_from
    ORDER BY s.signal_id
    LIMIT 1000
  ), amount AS MATERIALIZED (
    SELECT pg_catalog.count(*) OPERATOR(pg_catalog.=) 1000 AS is_large FROM oldest
  ), spoken AS (
    (SELECT s.run_id FROM swell.signal AS s
      WHERE NOT s.folded AND s.signal_id OPERATOR(pg_catalog.>=) p_from AND (SELECT amount.is_large FROM amount)
      ORDER BY s.run_id, s.signal_id LIMIT 1)
    UNION ALL
    SELECT n.run_id
    FROM spoken AS p
    CROSS JOIN LATERAL (
      SELECT s.run_id
      FROM swell.signal AS s
      WHERE NOT s.folded AND s.signal_id OPERATOR(pg_catalog.>=) p_from AND s.run_id OPERATOR(pg_catalog.>) p.run_id
      ORDER BY s.run_id, s.signal_id
      LIMIT 1
    ) AS n
  )
  (SELECT DISTINCT oldest.run_id FROM oldest WHERE NOT (SELECT amount.is_large FROM amount))
  UNION ALL
  SELECT spoken.run_id FROM spoken
$$;

-- The signals of one run, oldest first; NULL when there are none. Of the ends of children no more than
-- one claim should carry: a thousand and 4 MiB; of those that are larger than what is stored of them a hundred, or
-- 512 KiB as they are stored. A last one of kind `more` says that there are others.
CREATE FUNCTION swell.signals_of(p_run uuid) RETURNS jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, swell, pg_temp
AS $$
  SELECT jsonb_agg(swell.signal_report(y.signal_id, p_run, y.kind, told.name, told.payload, told.sender) ORDER BY y.signal_id)
      FILTER (WHERE y.fits)
    || CASE WHEN bool_and(y.fits) THEN '[]'
      ELSE jsonb_build_array(jsonb_build_object('id', 0, 'run', p_run, 'kind', 'more', 'sender', '')) END
  FROM (
    SELECT o.signal_id, o.kind, o.kind <> 'child' OR o.place = 1 OR o.place <= 1000 AND o.bytes <= 4194304
        AND (o.compressed <= 100 OR o.compressed_bytes <= 524288) AS fits
    FROM (
      SELECT o.signal_id, o.kind, row_number() OVER w AS place, sum(COALESCE(pg_column_size(o.payload), 0)) OVER w AS bytes,
        count(*) FILTER (WHERE pg_column_compression(o.payload) IS NOT NULL) OVER w AS compressed,
        sum(pg_column_size(o.payload)) FILTER (WHERE pg_column_compression(o.payload) IS NOT NULL) OVER w AS compressed_bytes
      FROM swell.signal AS o
      WHERE o.run_id = p_run
      WINDOW w AS (PARTITION BY o.kind = 'child' ORDER BY o.signal_id)
    ) AS o
  ) AS y
  -- What does not fit is not read, only counted; and no plan can turn this around.
  LEFT JOIN LATERAL (
    SELECT s.name, s.payload, s.sender FROM swell.signal AS s WHERE s.signal_id = y.signal_id AND y.fits OFFSET 0
  ) AS told ON true
$$;

-- The lanes, each with the priorities that its runs have: found by jumping from one pair to the
-- next in the index, so a pair costs a look-up however many runs it has.
CREATE FUNCTION swell.lane_report() RETURNS jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, swell, pg_temp
SET jit = off
SET enable_hashjoin = on
AS $$
  WITH RECURSIVE used AS (
    (SELECT r.lane, r.priority FROM swell.ready AS r ORDER BY r.lane, r.priority LIMIT 1)
    UNION ALL
    SELECT n.lane, n.priority
    FROM used AS u
    CROSS JOIN LATERAL (
      SELECT r.lane, r.priority
      FROM swell.ready AS r
      WHERE (r.lane, r.priority) > (u.lane, u.priority)
      ORDER BY r.lane, r.priority
      LIMIT 1
    ) AS n
  )
  SELECT jsonb_agg(jsonb_build_object(
    'lane', l.lane, 'queue', l.queue, 'kinds', to_jsonb(l.kinds), 'open', l.open, 'priorities', p.priorities))
  FROM swell.lane AS l
  LEFT JOIN (SELECT u.lane, jsonb_agg(u.priority) AS priorities FROM used AS u GROUP BY u.lane) AS p ON p.lane = l.lane
  WHERE l.lane > 1
$$;

-- Takes up to p_limit due runs, the highest priority first, and says what their next step needs.
--
-- p_lanes, p_priorities and p_bounds are parallel: where to look, in which order, and from which
-- scheduled_at on (microseconds since 1970; 0 is everything). p_crashed_once: how many runs that lost one worker
-- may come along. p_crashed_twice: how many that lost two may come, not beside those that lost one; with
-- a p_limit and a p_crashed_once of 0 they come alone. p_unbounded: fold signals,
-- and return the lanes. p_idle: if nothing is due, mark the lanes as idle for two seconds. p_in_turn:
-- pass over lanes that somebody else claims from just now. p_signals_from: the id from which on there may be a signal that
-- nobody has seen; p_unbounded looks at all.
--
-- The last row has no run_id: it carries when the next row is due (if nothing was), circuits, lanes, as age how
-- long the call took, as wave how many lanes were passed over, and as crashes 2 if a run that lost two workers is due and
-- none was asked for. first_unseen: the id of the first signal
-- from p_signals_from on that nobody has seen, and last_given: the last id that was given.
CREATE FUNCTION swell.claim_v1(
  p_worker uuid, p_recorder integer, p_epoch bigint,
  p_lanes integer[], p_priorities smallint[], p_bounds bigint[],
  p_limit integer, p_crashed_once integer, p_crashed_twice integer,
  p_unbounded boolean, p_idle boolean, p_in_turn boolean, p_signals_from bigint DEFAULT 0
) RETURNS TABLE (
  run_id uuid, workflow text, version integer, lane integer, priority smallint, due_at bigint,
  wave integer, claim_token bigint, crashes smallint, queue text,
  deadline_in bigint, age bigint, started_ago bigint, input jsonb,
  node_ids text[], node_items integer[], node_iterations integer[], node_states text[], node_waves integer[], node_attempts integer[], node_retries_from integer[],
  node_due_in bigint[], node_degraded boolean[], node_outputs jsonb[], node_errors jsonb[],
  signals jsonb, next_due_in bigint, circuits jsonb, lanes jsonb,
  parent uuid, parent_place jsonb, first_unseen bigint, last_given bigint
)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, swell, pg_temp
SET lock_timeout = '6s'
SET jit = off
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
SET enable_bitmapscan = off
AS $$
#variable_conflict use_column
DECLARE
  t timestamptz := swell.now();
  -- What the call takes is no matter of the engine's time.
  began timestamptz := clock_timestamp();
  -- Where the locked rows are, and whether each was claimed before: found once, by no index again.
  places tid[] := '{}';
  known boolean[] := '{}';
  -- The first and the last of the runs: statements leave out the partitions that are not between them when they
  -- start, where a join alone would open the indexes of all of them.
  runs uuid[];
  first_run uuid;
  last_run uuid;
  taken integer;
  passed integer[] := '{}';
  crashed tid[];
  came_once boolean := false;
  -- Whether some that have lost two workers are due, which come alone.
  are_suspects boolean := false;
  may_claim boolean;
  news_from bigint := CASE WHEN p_unbounded THEN 0 ELSE COALESCE(p_signals_from, 0) END;
  -- Runs that nobody holds and that somebody has spoken to.
  free uuid[];
  any_crashed boolean;
  any_failing boolean;
  next_due timestamptz;
BEGIN
  PERFORM swell.check_epoch(p_worker, p_recorder, p_epoch);
  -- Together: a statement each would cost several times what it finds out.
  SELECT
    EXISTS (SELECT FROM swell.worker AS w WHERE w.worker_id = p_worker AND w.state IN ('running', 'draining')),
    pg_sequence_last_value('swell.signal_signal_id_seq'),
    (SELECT s.signal_id FROM swell.signal AS s WHERE NOT COALESCE(s.folded, false) AND s.signal_id >= news_from ORDER BY s.signal_id LIMIT 1),
    EXISTS (SELECT FROM swell.ready AS r WHERE r.crashes > 0 AND r.claimed_by IS NULL),
    EXISTS (SELECT FROM swell.circuit AS c WHERE c.consecutive_failures > 0)
  INTO may_claim, last_given, first_unseen, any_crashed, any_failing;
  -- Whoever was given up claims nothing until it has registered again.
  IF NOT may_claim THEN
    p_limit := 0;
  END IF;

  IF first_unseen IS NOT NULL THEN
    -- Apart from what follows, which sees what others have done to them until they were locked: a wish that another claim
    -- has carried out is none any more.
    SELECT array_agg(mine.run_id) INTO free
    FROM (
      SELECT mine.run_id
      FROM swell.spoken_to(first_unseen) AS p(run_id)
      CROSS JOIN LATERAL (
        SELECT r.run_id FROM swell.ready AS r WHERE r.run_id = p.run_id AND r.claimed_by IS NULL FOR UPDATE SKIP LOCKED
      ) AS mine
      LIMIT 1000
    ) AS mine;
  END IF;
  IF free IS NOT NULL THEN
    WITH news AS MATERIALIZED (
      SELECT f.run_id, x.*
      FROM unnest(free) AS f(run_id)
      CROSS JOIN LATERAL (
        SELECT bool_or(s.kind = 'cancel') AS cancelled,
          -- Whether somebody may be waited for by a node that any worker can go on with.
          COALESCE(bool_or(s.kind IN ('signal', 'answer', 'child')), false) AS speaks,
          COALESCE(bool_or(s.kind IN ('signal', 'answer', 'child') AND NOT s.folded), false) AS is_spoken_to,
          -- The ends of many children are looked at together.
          COALESCE(min(CASE WHEN s.kind = 'child' THEN (s.payload ->> 'delay')::bigint WHEN s.kind IN ('pause', 'resume') THEN NULL ELSE 0 END)
            FILTER (WHERE NOT s.folded), 9000000000000000) AS delay,
          (array_agg(s.kind ORDER BY s.signal_id DESC) FILTER (WHERE s.kind IN ('pause', 'resume')))[1] AS wish
        -- Apart, or the order that one aggregate asks for makes PostgreSQL 16 walk the primary key of all signals.
        FROM (SELECT o.* FROM swell.signal AS o WHERE o.run_id = f.run_id OFFSET 0) AS s
        HAVING bool_or(NOT s.folded)
      ) AS x
    ), moved AS (
      UPDATE swell.ready AS r
      -- What was never claimed begins in its time: its first claim brings along what was said meanwhile.
      SET scheduled_at = CASE WHEN n.cancelled OR r.claim_token <> 0
          THEN GREATEST(t, LEAST(r.scheduled_at, t + n.delay * interval '1 microsecond'))
          -- Others may have claimed what was due after it: who looks from there on is to find it.
          WHEN n.wish = 'resume' AND r.lane = 0 THEN GREATEST(t, r.scheduled_at)
          ELSE r.scheduled_at END,
        lane = CASE
          WHEN n.cancelled THEN 1
          WHEN n.wish = 'pause' THEN 0
          WHEN n.wish = 'resume' AND r.lane = 0 THEN CASE WHEN n.speaks THEN 1 ELSE r.paused END
          WHEN r.lane > 1 AND r.claim_token <> 0 AND n.is_spoken_to THEN 1
          ELSE r.lane END,
        paused = CASE
          WHEN n.cancelled OR n.wish = 'resume' THEN NULL
          WHEN n.wish = 'pause' THEN COALESCE(r.paused, r.lane)
          ELSE r.paused END
      FROM news AS n
      WHERE r.run_id = n.run_id
    ), done AS (
      DELETE FROM swell.signal AS s
      USING unnest(free) AS f(run_id)
      CROSS JOIN LATERAL (
        SELECT o.signal_id FROM swell.signal AS o
        WHERE o.run_id = f.run_id AND o.kind IN ('pause', 'resume') OFFSET 0
      ) AS wish
      WHERE s.signal_id = wish.signal_id
    )
    UPDATE swell.signal AS s
    SET folded = true
    FROM unnest(free) AS f(run_id)
    CROSS JOIN LATERAL (
      SELECT o.signal_id FROM swell.signal AS o
      WHERE o.run_id = f.run_id AND NOT o.folded AND o.kind NOT IN ('pause', 'resume') OFFSET 0
    ) AS told
    WHERE s.signal_id = told.signal_id;
  END IF;
  IF p_unbounded AND first_unseen IS NOT NULL THEN
    -- A signal that came as its run ended belongs to nobody. Who retries that run just now deletes
    -- it as well, and may be an open transaction: a claim waits for nobody.
    DELETE FROM swell.signal AS s
    USING (
      SELECT o.signal_id
      FROM swell.spoken_to(first_unseen) AS p(run_id)
      CROSS JOIN LATERAL (
        SELECT y.signal_id FROM swell.signal AS y
        WHERE y.run_id = p.run_id AND NOT y.folded FOR UPDATE SKIP LOCKED
      ) AS o
      WHERE NOT EXISTS (SELECT FROM swell.ready AS r WHERE r.run_id = p.run_id OFFSET 0)
    ) AS nobodys
    WHERE s.signal_id = nobodys.signal_id;
  END IF;

  -- A deadline and a retry come wherever the run waits, also for a kind that nobody has.
  IF p_unbounded AND EXISTS (
    SELECT FROM swell.ready AS r WHERE r.wake_at <= t AND r.claimed_by IS NULL AND r.lane > 1)
  THEN
    UPDATE swell.ready AS r
    SET lane = 1, scheduled_at = t, wake_at = NULL
    FROM (
      SELECT o.run_id
      FROM swell.ready AS o
      WHERE o.wake_at <= t AND o.claimed_by IS NULL AND o.lane > 1
      ORDER BY o.run_id
      LIMIT 1000
      FOR UPDATE SKIP LOCKED
    ) AS late
    WHERE r.run_id = late.run_id;
  END IF;

  IF p_limit > 0 THEN
    -- Whoever looks beside another one reads, locks and checks all that the other one takes: with
    -- eight of them a claim cost four times as much, and records found their rows locked.
    IF p_in_turn THEN
      passed := ARRAY(
        SELECT y.lane FROM (SELECT DISTINCT unnest(p_lanes) AS lane) AS y
        WHERE NOT pg_try_advisory_xact_lock(hashtext('swell.claim'), y.lane));
    END IF;
    SELECT COALESCE(array_agg(f.place), '{}'), COALESCE(array_agg(f.known), '{}'), array_agg(f.run_id)
    INTO places, known, runs
    FROM (
      SELECT due.place, due.known, due.run_id
      FROM (
        SELECT * FROM unnest(p_lanes, p_priorities, p_bounds) AS y(lane, priority, bound)
        WHERE y.lane <> ALL (passed)
      ) AS x
      CROSS JOIN LATERAL (
        SELECT r.ctid AS place, r.claim_token <> 0 AS known, r.run_id
        FROM swell.ready AS r
        WHERE r.lane = x.lane AND r.priority = x.priority
          AND r.scheduled_at >= 'epoch'::timestamptz + x.bound * interval '1 microsecond'
          AND r.scheduled_at <= t
          AND r.claimed_by IS NULL AND r.crashes = 0
        ORDER BY r.scheduled_at, r.run_id
        LIMIT p_limit
        FOR UPDATE SKIP LOCKED
      ) AS due
      LIMIT p_limit
    ) AS f;
    IF cardinality(runs) = 1 THEN
      first_run := runs[1];
      last_run := runs[1];
    ELSIF runs IS NOT NULL THEN
      SELECT x.runs[1], x.runs[cardinality(x.runs)] INTO first_run, last_run
      FROM (SELECT array_agg(y.run_id ORDER BY y.run_id) AS runs FROM unnest(runs) AS y(run_id)) AS x;
    END IF;
  END IF;
  IF p_recorder = 0 AND any_crashed AND may_claim AND (p_limit > 0 OR p_crashed_once = 0 AND p_crashed_twice > 0) THEN
    -- Those that have lost two workers come without those that have lost one: one of those may be what kills.
    FOR lost IN 1..3 LOOP
      CONTINUE WHEN lost = 2 AND came_once;
      SELECT array_agg(q.place) INTO crashed
      FROM (
        SELECT r.ctid AS place FROM swell.ready AS r
        WHERE r.crashes > 0 AND r.crashes BETWEEN lost AND CASE lost WHEN 3 THEN 32767 ELSE lost END
          AND r.lane = ANY (p_lanes) AND r.scheduled_at <= t AND r.claimed_by IS NULL
        ORDER BY r.scheduled_at, r.run_id
        LIMIT CASE lost WHEN 1 THEN p_crashed_once WHEN 2 THEN p_crashed_twice ELSE CASE WHEN p_limit > 0 THEN 16 ELSE 0 END END
        FOR UPDATE SKIP LOCKED
      ) AS q;
      CONTINUE WHEN crashed IS NULL;
      came_once := lost = 1;
      places := places || crashed;
      known := known || array_fill(true, ARRAY[cardinality(crashed)]);
      first_run := '00000000-0000-0000-0000-000000000000';
      last_run := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
    END LOOP;
  END IF;
  IF p_recorder = 0 AND any_crashed AND p_crashed_twice = 0 THEN
    are_suspects := EXISTS (
      SELECT FROM swell.ready AS r
      WHERE r.crashes > 0 AND r.crashes = 2 AND r.lane = ANY (p_lanes) AND r.scheduled_at <= t AND r.claimed_by IS NULL);
  END IF;

  taken := cardinality(places);
  IF taken > 0 THEN
    IF true = ANY (known) THEN
      RETURN QUERY
        WITH claimed AS (
          UPDATE swell.ready AS r
          SET claimed_by = p_worker, recorder = p_recorder, claimed_at = t, claim_token = nextval('swell.claim_token')
          FROM (SELECT unnest(places) AS place, unnest(known) AS known LIMIT taken) AS locked
          WHERE r.ctid = locked.place
          RETURNING r.*, locked.known
        )
        SELECT c.run_id, u.workflow, u.version, c.lane, c.priority, (extract(epoch FROM c.scheduled_at) * 1000000)::bigint,
          c.wave, c.claim_token, c.crashes, u.queue,
          (extract(epoch FROM u.deadline - t) * 1000000)::bigint,
          (extract(epoch FROM t - u.created_at) * 1000000)::bigint,
          n.started_ago, u.input,
          n.ids, n.items, n.iterations, n.states, n.waves, n.attempts, n.retries_from, n.due_in, n.degraded, n.outputs, n.errors,
          -- Looked for here: a function of SQL is parsed anew with every call, and most runs have none.
          CASE WHEN (SELECT true FROM swell.signal AS s WHERE s.run_id = c.run_id LIMIT 1)
            THEN swell.signals_of(c.run_id) END,
          NULL::bigint, NULL::jsonb, NULL::jsonb, u.parent, u.parent_place, NULL::bigint, NULL::bigint
        FROM claimed AS c
        -- Said so, the bounds leave out partitions, and no index serves them: where there were few runs when the plan was
        -- made, all of them would be read for each of them.
        JOIN swell.run AS u ON u.run_id = c.run_id
          AND (u.run_id >= first_run OR u.run_id = first_run) AND (u.run_id <= last_run OR u.run_id = last_run)
        LEFT JOIN LATERAL (
          SELECT (extract(epoch FROM t - min(x.started_at)) * 1000000)::bigint AS started_ago,
            array_agg(x.node_id) AS ids, array_agg(x.item) AS items, array_agg(x.iteration) AS iterations, array_agg(x.state) AS states, array_agg(x.wave) AS waves,
            array_agg(x.attempt) AS attempts, array_agg(x.retries_from) AS retries_from,
            array_agg((extract(epoch FROM x.scheduled_at - t) * 1000000)::bigint) AS due_in,
            array_agg(x.degraded) AS degraded, array_agg(x.output) AS outputs, array_agg(x.error) AS errors
          FROM (
            SELECT o.node_id, o.item, o.iteration, o.state, o.wave, o.attempt, o.retries_from, o.scheduled_at, o.degraded,
              -- Of a loop, only the last output is asked for.
              CASE WHEN o.iteration = 0 OR NOT EXISTS (
                SELECT FROM swell.node AS later
                WHERE later.run_id = o.run_id AND later.run_id BETWEEN first_run AND last_run AND later.node_id = o.node_id AND later.item = o.item
                  AND later.iteration > o.iteration AND later.state = 'succeeded')
              THEN o.output END AS output,
              o.error, o.started_at
            FROM swell.node AS o
            WHERE o.run_id = c.run_id AND o.run_id BETWEEN first_run AND last_run AND c.known
              -- The parts of what has come to its end are in its own row.
              AND (o.item = 0 AND o.iteration = 0 OR NOT EXISTS (
                SELECT FROM swell.node AS whole
                WHERE whole.run_id = o.run_id AND whole.run_id BETWEEN first_run AND last_run AND whole.node_id = o.node_id AND whole.item = 0 AND whole.iteration = 0
                  AND whole.state = 'succeeded'))
            ORDER BY o.finished_at
          ) AS x
          HAVING c.known
        ) AS n ON true;
    ELSE
      -- Most have no nodes yet.
      RETURN QUERY
        WITH claimed AS (
          UPDATE swell.ready AS r
          SET claimed_by = p_worker, recorder = p_recorder, claimed_at = t, claim_token = nextval('swell.claim_token')
          FROM (SELECT unnest(places) AS place LIMIT taken) AS locked
          WHERE r.ctid = locked.place
          RETURNING r.*
        )
        SELECT c.run_id, u.workflow, u.version, c.lane, c.priority, (extract(epoch FROM c.scheduled_at) * 1000000)::bigint,
          c.wave, c.claim_token, c.crashes, u.queue,
          (extract(epoch FROM u.deadline - t) * 1000000)::bigint,
          (extract(epoch FROM t - u.created_at) * 1000000)::bigint,
          NULL::bigint, u.input,
          NULL::text[], NULL::integer[], NULL::integer[], NULL::text[], NULL::integer[], NULL::integer[], NULL::integer[],
          NULL::bigint[], NULL::boolean[], NULL::jsonb[], NULL::jsonb[],
          CASE WHEN (SELECT true FROM swell.signal AS s WHERE s.run_id = c.run_id LIMIT 1)
            THEN swell.signals_of(c.run_id) END,
          NULL::bigint, NULL::jsonb, NULL::jsonb, u.parent, u.parent_place, NULL::bigint, NULL::bigint
        FROM claimed AS c
        -- Said so, the bounds leave out partitions, and no index serves them: where there were few runs when the plan was
        -- made, all of them would be read for each of them.
        JOIN swell.run AS u ON u.run_id = c.run_id
          AND (u.run_id >= first_run OR u.run_id = first_run) AND (u.run_id <= last_run OR u.run_id = last_run);
    END IF;
  ELSIF p_idle THEN
    -- Marked first, then looked again by the caller: an enqueuer that looked before the mark is
    -- found by that second look.
    UPDATE swell.lane AS l
    SET idle_until = t + interval '2 seconds'
    FROM (
      SELECT y.lane
      FROM swell.lane AS y
      -- What is marked until after the next look, which may be passed over for a while, needs no new mark.
      WHERE y.lane = ANY (p_lanes) AND y.lane <> ALL (passed) AND y.idle_until < t + interval '1.5 seconds'
      ORDER BY y.lane
      FOR UPDATE SKIP LOCKED
    ) AS mine
    WHERE l.lane = mine.lane;
  END IF;

  -- Who found something looks again at once, and who was passed over soon.
  IF taken = 0 AND p_limit > 0 AND cardinality(passed) = 0 THEN
    SELECT min(due.scheduled_at) INTO next_due
    FROM unnest(p_lanes, p_priorities) AS x(lane, priority)
    CROSS JOIN LATERAL (
      SELECT r.scheduled_at
      FROM swell.ready AS r
      WHERE r.lane = x.lane AND r.priority = x.priority AND r.scheduled_at > t AND r.claimed_by IS NULL
      ORDER BY r.scheduled_at
      LIMIT 1
    ) AS due;
  END IF;
  -- The last row, of which all else is NULL.
  due_at := extract(epoch FROM t) * 1000000;
  wave := cardinality(passed);
  crashes := CASE WHEN are_suspects THEN 2 END;
  age := extract(epoch FROM clock_timestamp() - began) * 1000000;
  next_due_in := extract(epoch FROM next_due - t) * 1000000;
  -- A function of SQL is parsed anew with every call: not without need.
  IF any_failing THEN
    circuits := swell.failing_circuits(t);
  END IF;
  IF p_unbounded THEN
    lanes := swell.lane_report();
  END IF;
  RETURN NEXT;
END
$$;

-- Pauses runs that cannot be read: a claim that meets one fails whole, and everybody's would. Looks at those that come
-- first: what children have said and nobody has seen, in each place the next run, and those that have lost a worker.
-- p_lanes and p_priorities are parallel. Of very many, another part with each call.
CREATE FUNCTION swell.set_aside_v1(
  p_worker uuid, p_recorder integer, p_epoch bigint, p_lanes integer[], p_priorities smallint[]
) RETURNS TABLE (run_id uuid, why text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, swell, pg_temp
SET lock_timeout = '4s'
SET jit = off
SET enable_seqscan = off
AS $$
#variable_conflict use_column
DECLARE
  t timestamptz := swell.now();
  began timestamptz := clock_timestamp();
  candidate record;
BEGIN
  PERFORM swell.check_epoch(p_worker, p_recorder, p_epoch);
  FOR candidate IN
    SELECT mine.run_id, mine.lane, true AS is_told
    FROM swell.spoken_to(0) AS p(run_id)
    CROSS JOIN LATERAL (
      SELECT r.run_id, r.lane FROM swell.ready AS r WHERE r.run_id = p.run_id AND r.claimed_by IS NULL FOR UPDATE SKIP LOCKED
    ) AS mine
    UNION ALL
    SELECT due.run_id, due.lane, false
    FROM (SELECT y.lane, y.priority FROM unnest(p_lanes, p_priorities) AS y(lane, priority) ORDER BY random()) AS x
    CROSS JOIN LATERAL (
      SELECT r.run_id, r.lane
      FROM swell.ready AS r
      WHERE r.lane = x.lane AND r.priority = x.priority AND r.scheduled_at <= t AND r.claimed_by IS NULL AND r.crashes = 0
      ORDER BY r.scheduled_at, r.run_id
      LIMIT 1
      FOR UPDATE SKIP LOCKED
    ) AS due
    UNION ALL
    -- As claims take them: those that have lost more workers apart, so that nobody hides behind the others.
    SELECT lost.run_id, lost.lane, false
    FROM (VALUES (1, 1), (2, 2), (3, 32767)) AS c(least, most)
    CROSS JOIN LATERAL (
      SELECT r.run_id, r.lane
      FROM swell.ready AS r
      WHERE r.crashes > 0 AND r.crashes BETWEEN c.least AND c.most
        AND r.lane = ANY (p_lanes) AND r.scheduled_at <= t AND r.claimed_by IS NULL
      ORDER BY r.scheduled_at, r.run_id LIMIT 16 FOR UPDATE SKIP LOCKED
    ) AS lost
  LOOP
    BEGIN
      IF candidate.is_told THEN
        -- What every claim reads of it, whatever else becomes of the run.
        PERFORM s.payload ->> 'delay' FROM swell.signal AS s WHERE s.run_id = candidate.run_id AND s.kind = 'child' AND NOT s.folded;
      ELSE
        PERFORM octet_length(u.input::text) FROM swell.run AS u WHERE u.run_id = candidate.run_id;
        PERFORM octet_length(n.output::text), octet_length(n.error::text) FROM swell.node AS n WHERE n.run_id = candidate.run_id;
        PERFORM swell.signals_of(candidate.run_id);
      END IF;
    -- Broken pages and missing values (classes XX, 58), and what is beyond a limit (54, 22).
    EXCEPTION WHEN internal_error OR system_error OR program_limit_exceeded OR data_exception THEN
      run_id := candidate.run_id;
      why := format('it cannot be read: %s (%s)', SQLERRM, SQLSTATE);
      IF candidate.is_told THEN
        UPDATE swell.signal AS s SET folded = true WHERE s.run_id = candidate.run_id AND s.kind = 'child' AND NOT s.folded;
        -- Once it is resumed, it is claimed with what it was told.
        UPDATE swell.ready AS r SET scheduled_at = LEAST(r.scheduled_at, t) WHERE r.run_id = candidate.run_id;
      END IF;
      UPDATE swell.ready AS r SET lane = 0, paused = candidate.lane WHERE r.run_id = candidate.run_id AND candidate.lane > 0;
      INSERT INTO swell.audit (at, who, what, run_id, before, after, why)
      VALUES (t, 'worker ' || p_worker::text, 'pause', candidate.run_id, NULL, NULL, why);
      RETURN NEXT;
    END;
    EXIT WHEN clock_timestamp() > began + interval '3 seconds';
  END LOOP;
END
$$;

-- Counts what a batch saw of one circuit. p_failures: retryable failures since the last success
-- that the batch saw; p_succeeded: whether it saw a success. Five failures in a row open it.
-- CircuitRule in SwellCore is the pure twin, with the same table of cases.
CREATE FUNCTION swell.count_circuit(
  p_circuit text, p_failures integer, p_succeeded boolean, t timestamptz,
  p_threshold integer DEFAULT 5, p_open interval DEFAULT interval '30 seconds'
) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, swell, pg_temp
AS $$
DECLARE
  c record;
  failures integer;
BEGIN
  IF p_failures = 0 THEN
    UPDATE swell.circuit AS x
    SET consecutive_failures = 0, opened_at = NULL, open_until = NULL, changed_at = t
    WHERE x.circuit = p_circuit AND x.consecutive_failures > 0 AND p_succeeded;
    RETURN;
  END IF;
  INSERT INTO swell.circuit (circuit, consecutive_failures, changed_at)
  VALUES (p_circuit, 0, t)
  ON CONFLICT ON CONSTRAINT circuit_pkey DO NOTHING;
  SELECT x.consecutive_failures, x.opened_at, x.open_until INTO c
  FROM swell.circuit AS x WHERE x.circuit = p_circuit FOR UPDATE;
  failures := p_failures + CASE WHEN p_succeeded THEN 0 ELSE c.consecutive_failures END;
  UPDATE swell.circuit AS x
  SET consecutive_failures = failures, changed_at = t,
    opened_at = CASE WHEN failures >= p_threshold THEN CASE WHEN p_succeeded THEN t ELSE COALESCE(c.opened_at, t) END END,
    open_until = CASE WHEN failures >= p_threshold THEN t + p_open END
  WHERE x.circuit = p_circuit;
END
$$;

-- Tells idle workers that lanes have something due; a lane that is not marked as idle is looked at anyway.
CREATE FUNCTION swell.wake_lanes(p_lanes integer[], t timestamptz) RETURNS void
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, swell, pg_temp
AS $$
  SELECT pg_notify('swell_ready', l.lane::text) FROM swell.lane AS l WHERE l.lane = ANY (p_lanes) AND l.idle_until > t
$$;

-- Enqueues the child runs that a record asks for, together with the rows of what waits for them. One that
-- is there already was stored by a call whose reply was lost. A workflow that does not exist is a child
-- that has failed at once.
--
-- p_children: a list of {run, id, workflow, version, queue, kinds, input, place}; run is the place of the
-- parent in p_runs, from 1; p_first and p_last: the first and the last of those.
CREATE FUNCTION swell.start_children(p_children jsonb, p_runs uuid[], p_first uuid, p_last uuid, p_ok boolean[], t timestamptz) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, swell, pg_temp
SET jit = off
SET enable_hashjoin = on
AS $$
DECLARE
  lanes integer[];
BEGIN
  WITH asked AS MATERIALIZED (
    SELECT x.*
    FROM jsonb_to_recordset(p_children) AS x(run integer, id uuid, workflow text, version integer, queue text, kinds text[], input jsonb, place jsonb)
    WHERE p_ok[x.run]
  ), parents AS MATERIALIZED (
    -- Looked up one by one: a join would read all runs that there are.
    SELECT y.run, u.run_id, u.priority, u.trace
    FROM (SELECT DISTINCT a.run FROM asked AS a) AS y
    CROSS JOIN LATERAL (
      SELECT o.run_id, o.priority, o.trace FROM swell.run AS o
      WHERE o.run_id = p_runs[y.run] AND o.run_id BETWEEN p_first AND p_last OFFSET 0) AS u
  ), wanted AS MATERIALIZED (
    SELECT x.id, x.workflow, d.version, p.run_id AS parent, x.place, p.priority, p.trace,
      -- To a record, null of JSON is no value.
      COALESCE(x.input, 'null') AS input,
      COALESCE(x.queue, d.queue) AS queue, COALESCE(x.kinds, d.first_kinds) AS kinds,
      CASE WHEN x.workflow = d.workflow THEN t + d.deadline END AS deadline, x.version AS asked
    FROM asked AS x
    JOIN parents AS p ON p.run = x.run
    LEFT JOIN swell.workflow AS d
      ON d.workflow = split_part(x.workflow, '/', 1) AND (d.version = x.version OR x.version IS NULL AND d.current)
  ), made AS (
    INSERT INTO swell.run (run_id, workflow, version, queue, priority, state, input, parent, parent_place, trace, deadline, created_at)
    SELECT w.id, w.workflow, w.version, w.queue, w.priority, 'live', w.input, w.parent, w.place, w.trace, w.deadline, t
    FROM wanted AS w
    WHERE w.version IS NOT NULL
    ON CONFLICT DO NOTHING
    RETURNING run_id
  ), queued AS (
    INSERT INTO swell.ready (run_id, lane, priority, scheduled_at, wake_at)
    SELECT w.id, COALESCE(l.lane, 1), w.priority, t, w.deadline
    FROM made AS m
    JOIN wanted AS w ON w.id = m.run_id
    LEFT JOIN swell.lane AS l ON l.queue = w.queue AND l.kinds = w.kinds
    RETURNING lane
  ), refused AS (
    -- What cannot begin is there all the same, as a run that has failed: version 0 if there is none.
    INSERT INTO swell.run (run_id, workflow, version, queue, priority, state, input, error, parent, parent_place, trace, created_at, finished_at)
    SELECT w.id, w.workflow, COALESCE(w.asked, 0), COALESCE(w.queue, 'default'), w.priority, 'failed', w.input, jsonb_build_object(
        'kind', 'definition', 'code', CASE WHEN w.asked IS NULL THEN 'unknown_workflow' ELSE 'unknown_version' END,
        'message', format('there is no workflow %s', w.workflow) || COALESCE(format(' of version %s', w.asked), '') || '; swell apply stores one'),
      w.parent, w.place, w.trace, t, t
    FROM wanted AS w
    WHERE w.version IS NULL
    ON CONFLICT DO NOTHING
    RETURNING run_id, parent, parent_place, error
  ), told AS (
    INSERT INTO swell.signal (run_id, kind, name, payload, sender, created_at)
    SELECT r.parent, 'child', r.parent_place ->> 'node',
      r.parent_place || jsonb_build_object('run', r.run_id, 'state', 'failed', 'body', r.error), 'swell', t
    FROM refused AS r
    WHERE NOT COALESCE((r.parent_place ->> 'detached')::boolean, false)
  )
  SELECT array_agg(DISTINCT q.lane) INTO lanes FROM queued AS q;
  PERFORM swell.wake_lanes(lanes, t);
END
$$;

-- Asks child runs to end: those of a node, or of one unit of it.
-- p_stops: a list of {run, node, item, iteration}; run is the place of the parent in p_runs, from 1.
CREATE FUNCTION swell.stop_children(p_stops jsonb, p_runs uuid[], p_ok boolean[], t timestamptz) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, swell, pg_temp
SET jit = off
AS $$
DECLARE
  children uuid[];
BEGIN
  WITH told AS (
    INSERT INTO swell.signal (run_id, kind, payload, sender, created_at)
    SELECT u.run_id, 'cancel', jsonb_build_object('reason', format('its parent %s no longer waits for it', u.parent)), 'swell', t
    FROM jsonb_to_recordset(p_stops) AS x(run integer, node text, item integer, iteration integer)
    CROSS JOIN LATERAL (
      SELECT c.run_id, c.parent, c.parent_place, c.state FROM swell.run AS c WHERE c.parent = p_runs[x.run] OFFSET 0
    ) AS u
    WHERE p_ok[x.run] AND u.state = 'live' AND (x.node IS NULL OR u.parent_place ->> 'node' = x.node)
      AND NOT COALESCE((u.parent_place ->> 'detached')::boolean, false)
      AND (x.item IS NULL OR (u.parent_place ->> 'item')::integer = x.item AND (u.parent_place ->> 'iteration')::integer = x.iteration)
      -- Whoever takes the parent up again asks once more.
      AND NOT EXISTS (SELECT FROM swell.signal AS s WHERE s.run_id = u.run_id AND s.kind = 'cancel' OFFSET 0)
    RETURNING run_id
  )
  SELECT array_agg(told.run_id) INTO children FROM told;
  PERFORM pg_notify('swell_signal', r.run_id::text)
  FROM swell.ready AS r
  WHERE r.run_id = ANY (children) AND r.claimed_by IS NOT NULL;
  PERFORM swell.wake_lanes('{1}', t);
END
$$;

-- Tells the parents of runs that have ended. Their rows are not touched: whoever holds them hears of it,
-- or a claim folds it. p_first, p_last: the first and the last of them, or beyond.
CREATE FUNCTION swell.tell_parents(p_children uuid[], p_first uuid, p_last uuid, t timestamptz) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, swell, pg_temp
SET jit = off
AS $$
DECLARE
  parents uuid[];
BEGIN
  WITH told AS (
    INSERT INTO swell.signal (run_id, kind, name, payload, sender, created_at)
    SELECT u.parent, 'child', u.parent_place ->> 'node',
      u.parent_place || jsonb_strip_nulls(jsonb_build_object('run', u.run_id, 'state', u.state))
        || CASE WHEN COALESCE(u.output, u.error) IS NULL THEN '{}' ELSE jsonb_build_object('body', COALESCE(u.output, u.error)) END,
      'swell', t
    FROM (SELECT unnest(p_children) AS run_id) AS x
    CROSS JOIN LATERAL (
      SELECT o.run_id, o.parent, o.parent_place, o.state, o.output, o.error FROM swell.run AS o
      WHERE o.run_id = x.run_id AND o.run_id BETWEEN p_first AND p_last OFFSET 0) AS u
    WHERE EXISTS (SELECT FROM swell.ready AS r WHERE r.run_id = u.parent)
    RETURNING run_id
  )
  SELECT array_agg(DISTINCT told.run_id) INTO parents FROM told;
  PERFORM pg_notify('swell_signal', r.run_id::text)
  FROM swell.ready AS r
  WHERE r.run_id = ANY (parents) AND r.claimed_by IS NOT NULL;
  IF parents IS NOT NULL THEN
    PERFORM swell.wake_lanes('{1}', t);
  END IF;
END
$$;

-- Stores everything that ended since the last record, over all runs of a recorder.
--
-- Arrays named p_run* are parallel, one entry per run; p_node* one per node outcome, with
-- p_node_run the place of its run (from 1); p_attempt*, p_circuit* likewise, of circuits what a run saw of each. Durations are in
-- microseconds. p_actions: 0 goes on with the claim, 1 gives it back, 2 ends the run.
-- p_run_due: for 1, from now until it is due. p_run_wake: for 1, from now until somebody is to look
-- at it whatever its lane; NULL is never.
--
-- p_children, p_stops: child runs to enqueue and to cancel, as start_children and stop_children read them;
-- NULL when there are none. p_told: the places of runs that end and whose parents wait.
--
-- p_signals_from: as a claim has it.
--
-- lost: claims that are gone; nothing was stored for them. busy: claims whose row somebody holds
-- locked; nothing was stored, send it again. signals: of runs that this recorder holds.
--
-- Without an epoch it is a part of the transaction that has fenced its one run: the claim is locked
-- already, so no later epoch can have given it away.
CREATE FUNCTION swell.record_v1(
  p_worker uuid, p_recorder integer, p_epoch bigint,
  p_runs uuid[], p_tokens bigint[], p_waves integer[], p_actions smallint[], p_lanes integer[],
  p_run_due bigint[], p_run_wake bigint[], p_crash_reset boolean[],
  p_end_place integer[], p_end_states text[], p_end_outputs jsonb[], p_end_errors jsonb[], p_end_started bigint[],
  p_node_run integer[], p_node_ids text[], p_node_items integer[], p_node_iterations integer[], p_node_fresh boolean[], p_node_states text[], p_node_waves integer[],
  p_node_attempts integer[], p_node_retries_from integer[], p_node_inputs jsonb[], p_node_outputs jsonb[], p_node_errors jsonb[],
  p_node_degraded boolean[], p_node_due bigint[], p_node_started bigint[], p_node_finished bigint[],
  p_attempt_run integer[], p_attempt_node text[], p_attempt_items integer[], p_attempt_iterations integer[], p_attempt_number integer[], p_attempt_wave integer[], p_attempt_error jsonb[],
  p_attempt_started bigint[], p_attempt_finished bigint[],
  p_circuits text[], p_circuit_run integer[], p_circuit_failures integer[], p_circuit_succeeded boolean[],
  p_consumed bigint[],
  p_children jsonb, p_stops jsonb, p_told integer[], p_signals_from bigint DEFAULT 0,
  OUT lost uuid[], OUT busy uuid[], OUT signals jsonb, OUT circuits jsonb
)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, swell, pg_temp
SET lock_timeout = '6s'
SET jit = off
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
SET enable_bitmapscan = off
AS $$
#variable_conflict use_column
DECLARE
  news_from bigint := COALESCE(p_signals_from, 0);
  t timestamptz := swell.now();
  us interval := interval '1 microsecond';
  -- What was locked, in the order of the locks; and by the place in p_runs: whether it was, where.
  held integer[];
  held_rows tid[];
  ok boolean[];
  rows tid[];
  -- See claim_v1.
  first_run uuid;
  last_run uuid;
  some_ended boolean := cardinality(p_end_place) > 0;
  -- A limit that the planner does not know makes it expect one row: then it looks rows up, which is
  -- right for any number, also with a plan that was made while the tables were empty.
  some_runs integer := cardinality(p_runs);
  c record;
BEGIN
  IF p_epoch IS NULL THEN
    PERFORM swell.check_fence(p_runs, p_tokens);
  ELSE
    PERFORM swell.check_epoch(p_worker, p_recorder, p_epoch);
  END IF;
  SELECT x.runs[1], x.runs[cardinality(x.runs)] INTO first_run, last_run
  FROM (SELECT array_agg(y.run_id ORDER BY y.run_id) AS runs FROM unnest(p_runs) AS y(run_id)) AS x;

  -- The fence. Everything below touches only what was locked here.
  SELECT COALESCE(array_agg(f.place), '{}'), COALESCE(array_agg(f.row), '{}') INTO held, held_rows
  FROM (
    SELECT x.place, r.ctid AS row
    FROM (
      SELECT u.run_id, u.token, u.place::integer AS place
      FROM unnest(p_runs, p_tokens) WITH ORDINALITY AS u(run_id, token, place)
      ORDER BY u.run_id
    ) AS x
    CROSS JOIN LATERAL (
      SELECT o.ctid
      FROM swell.ready AS o
      WHERE o.run_id = x.run_id AND o.claim_token = x.token AND o.claimed_by = p_worker AND o.recorder = p_recorder
      FOR UPDATE SKIP LOCKED
    ) AS r
  ) AS f;
  IF cardinality(held) = cardinality(p_runs) THEN
    ok := array_fill(true, ARRAY[cardinality(p_runs)]);
    SELECT array_agg(x.row ORDER BY x.place) INTO rows
    FROM (SELECT unnest(held) AS place, unnest(held_rows) AS row) AS x;
  ELSE
    SELECT array_agg(h.place IS NOT NULL ORDER BY x.place), array_agg(COALESCE(h.row, '(0,0)') ORDER BY x.place),
      array_agg(x.run_id) FILTER (WHERE h.place IS NULL AND y.run_id IS NULL),
      array_agg(x.run_id) FILTER (WHERE h.place IS NULL AND y.run_id IS NOT NULL)
    INTO ok, rows, lost, busy
    FROM unnest(p_runs, p_tokens) WITH ORDINALITY AS x(run_id, token, place)
    LEFT JOIN unnest(held, held_rows) AS h(place, row) ON h.place = x.place
    LEFT JOIN swell.ready AS y
      ON y.run_id = x.run_id AND y.claim_token = x.token AND y.claimed_by = p_worker AND y.recorder = p_recorder;
  END IF;

  -- Before the rows of the nodes change: they say when a retry was to be.
  IF cardinality(p_attempt_run) > 0 THEN
    INSERT INTO swell.attempt (run_id, node_id, item, iteration, number, wave, scheduled_at, started_at, finished_at, worker, claim_token, error)
    SELECT p_runs[x.run], x.node_id, x.item, x.iteration, x.number, x.wave,
      (SELECT n.scheduled_at FROM swell.node AS n
        WHERE n.run_id = p_runs[x.run] AND n.run_id BETWEEN first_run AND last_run AND n.node_id = x.node_id AND n.item = x.item AND n.iteration = x.iteration),
      t - x.started * us, t - x.finished * us, p_worker, p_tokens[x.run], x.error
    FROM unnest(p_attempt_run, p_attempt_node, p_attempt_items, p_attempt_iterations, p_attempt_number, p_attempt_wave, p_attempt_started, p_attempt_finished, p_attempt_error)
      AS x(run, node_id, item, iteration, number, wave, started, finished, error)
    WHERE ok[x.run]
    ON CONFLICT DO NOTHING;
  END IF;

  IF cardinality(p_node_run) > 0 THEN
    INSERT INTO swell.node (run_id, node_id, item, iteration, wave, state, attempt, retries_from, input, output, error, degraded,
      scheduled_at, started_at, finished_at, worker, claim_token)
    SELECT p_runs[x.run], x.node_id, x.item, x.iteration, x.wave, x.state, x.attempt, x.retries_from, x.input, x.output, x.error, x.degraded,
      t + x.due * us, t - x.started * us, t - x.finished * us, p_worker, p_tokens[x.run]
    -- Sets side by side in the select list cost a quarter of the same sets in FROM.
    FROM (
      SELECT unnest(p_node_run) AS run, unnest(p_node_ids) AS node_id, unnest(p_node_items) AS item,
        unnest(p_node_iterations) AS iteration, unnest(p_node_fresh) AS fresh,
        unnest(p_node_waves) AS wave, unnest(p_node_states) AS state, unnest(p_node_attempts) AS attempt,
        unnest(p_node_retries_from) AS retries_from, unnest(p_node_inputs) AS input, unnest(p_node_outputs) AS output,
        unnest(p_node_errors) AS error, unnest(p_node_degraded) AS degraded, unnest(p_node_due) AS due,
        unnest(p_node_started) AS started, unnest(p_node_finished) AS finished
    ) AS x
    WHERE x.fresh AND ok[x.run];
    IF false = ANY (p_node_fresh) THEN
      INSERT INTO swell.node AS n (run_id, node_id, item, iteration, wave, state, attempt, retries_from, input, output, error, degraded,
        scheduled_at, started_at, finished_at, worker, claim_token)
      SELECT p_runs[x.run], x.node_id, x.item, x.iteration, x.wave, x.state, x.attempt, x.retries_from, x.input, x.output, x.error, x.degraded,
        t + x.due * us, t - x.started * us, t - x.finished * us, p_worker, p_tokens[x.run]
      FROM unnest(p_node_run, p_node_ids, p_node_items, p_node_iterations, p_node_fresh, p_node_waves, p_node_states, p_node_attempts, p_node_retries_from,
        p_node_inputs, p_node_outputs, p_node_errors, p_node_degraded, p_node_due, p_node_started, p_node_finished)
        AS x(run, node_id, item, iteration, fresh, wave, state, attempt, retries_from, input, output, error, degraded, due, started, finished)
      WHERE NOT x.fresh AND ok[x.run]
      ON CONFLICT (run_id, node_id, item, iteration) DO UPDATE
        SET wave = excluded.wave, state = excluded.state, attempt = excluded.attempt, retries_from = excluded.retries_from,
          -- What a control node asked is kept with its answer.
          input = CASE WHEN n.state = 'waiting' THEN COALESCE(excluded.input, n.input) ELSE excluded.input END,
          output = excluded.output, error = excluded.error, degraded = excluded.degraded,
          scheduled_at = excluded.scheduled_at, started_at = COALESCE(excluded.started_at, n.started_at), finished_at = excluded.finished_at,
          worker = excluded.worker, claim_token = excluded.claim_token;
    END IF;
  END IF;

  -- A run that goes on in its lane keeps its row as it is: the lock was the fence.
  UPDATE swell.ready AS r
  SET wave = x.wave,
    lane = COALESCE(x.lane, r.lane),
    scheduled_at = CASE WHEN x.action = 1 THEN t + x.due * us ELSE r.scheduled_at END,
    wake_at = CASE WHEN x.action = 1 THEN t + x.wake * us ELSE r.wake_at END,
    claimed_by = CASE WHEN x.action = 1 THEN NULL ELSE r.claimed_by END,
    recorder = CASE WHEN x.action = 1 THEN NULL ELSE r.recorder END,
    claimed_at = CASE WHEN x.action = 1 THEN NULL ELSE r.claimed_at END,
    crashes = CASE WHEN x.reset THEN 0 ELSE r.crashes END
  FROM (
    SELECT unnest(rows) AS row, unnest(ok) AS ok, unnest(p_waves) AS wave, unnest(p_actions) AS action,
      unnest(p_lanes) AS lane, unnest(p_run_due) AS due, unnest(p_run_wake) AS wake, unnest(p_crash_reset) AS reset
    LIMIT some_runs
  ) AS x
  WHERE r.ctid = x.row AND x.ok
    AND (x.action = 1 OR x.action = 0 AND (x.lane IS NOT NULL OR x.reset));

  IF some_ended THEN
    DELETE FROM swell.ready AS r
    USING (SELECT unnest(p_end_place) AS place LIMIT some_runs) AS x
    WHERE r.ctid = rows[x.place] AND ok[x.place];
    UPDATE swell.run AS u
    SET state = x.state, output = x.output, error = x.error, finished_at = t,
      started_at = COALESCE(u.started_at, t - x.started * us)
    FROM (
      SELECT unnest(p_end_place) AS place, unnest(p_end_states) AS state, unnest(p_end_outputs) AS output,
        unnest(p_end_errors) AS error, unnest(p_end_started) AS started
      LIMIT some_runs
    ) AS x
    -- Bounds as in a claim.
    WHERE u.run_id = p_runs[x.place] AND ok[x.place]
      AND (u.run_id >= first_run OR u.run_id = first_run) AND (u.run_id <= last_run OR u.run_id = last_run);
    IF cardinality(p_told) > 0 THEN
      PERFORM swell.tell_parents(ARRAY(SELECT p_runs[x.place] FROM unnest(p_told) AS x(place) WHERE ok[x.place]), first_run, last_run, t);
    END IF;
  END IF;
  IF p_children IS NOT NULL THEN
    PERFORM swell.start_children(p_children, p_runs, first_run, last_run, ok, t);
  END IF;
  IF p_stops IS NOT NULL THEN
    PERFORM swell.stop_children(p_stops, p_runs, ok, t);
  END IF;

  -- What a run saw counts with its rows: not of a claim that is gone, and of a busy one later.
  IF cardinality(p_circuits) > 0 THEN
    FOR c IN
      SELECT y.circuit, sum(y.failures) FILTER (WHERE y.place >= y.last)::integer AS failures, y.last > 0 AS succeeded
      FROM (
        SELECT x.circuit, x.failures, x.place,
          COALESCE(max(x.place) FILTER (WHERE x.succeeded) OVER (PARTITION BY x.circuit), 0) AS last
        FROM unnest(p_circuits, p_circuit_run, p_circuit_failures, p_circuit_succeeded)
          WITH ORDINALITY AS x(circuit, run, failures, succeeded, place)
        WHERE ok[x.run]
      ) AS y
      GROUP BY y.circuit, y.last
      ORDER BY y.circuit
    LOOP
      PERFORM swell.count_circuit(c.circuit, c.failures, c.succeeded, t);
    END LOOP;
  END IF;

  IF cardinality(p_consumed) > 0 THEN
    DELETE FROM swell.signal AS s
    WHERE s.signal_id = ANY (p_consumed)
      AND EXISTS (SELECT FROM unnest(p_runs, ok) AS x(run_id, ok) WHERE x.run_id = s.run_id AND x.ok);
  END IF;
  IF some_ended THEN
    -- Looked up run by run, whatever the statistics say: those of a time when one parent had nearly all signals
    -- make a plain join read every signal for every run.
    DELETE FROM swell.signal AS s
    USING unnest(p_end_place) AS x(place)
    CROSS JOIN LATERAL (SELECT o.signal_id FROM swell.signal AS o WHERE o.run_id = p_runs[x.place] OFFSET 0) AS mine
    WHERE s.signal_id = mine.signal_id AND ok[x.place];
  END IF;
  -- Each goes to the holder once; a reconcile shows them anew. Not with a commit whose reply nobody
  -- reconciles.
  IF p_epoch IS NOT NULL
    AND (SELECT true FROM swell.signal AS s WHERE NOT COALESCE(s.folded, false) AND s.signal_id >= news_from ORDER BY s.signal_id LIMIT 1)
  THEN
    -- The oldest, as many as a claim brings of the ends of children; the next record has others.
    WITH oldest AS (
      SELECT p.run_id, x.signal_id, row_number() OVER w AS place, sum(x.bytes) OVER w AS bytes,
        count(*) FILTER (WHERE x.is_compressed) OVER w AS compressed,
        sum(x.bytes) FILTER (WHERE x.is_compressed) OVER w AS compressed_bytes
      FROM swell.spoken_to(news_from) AS p(run_id)
      CROSS JOIN LATERAL (
        -- A run that is being given back in another transaction is told nothing: nobody would hear it.
        SELECT FROM swell.ready AS r
        WHERE r.run_id = p.run_id AND r.claimed_by = p_worker AND r.recorder = p_recorder FOR NO KEY UPDATE SKIP LOCKED
      ) AS mine
      CROSS JOIN LATERAL (
        SELECT o.signal_id, o.kind = 'child' AS is_child, COALESCE(pg_column_size(o.payload), 0) AS bytes,
          pg_column_compression(o.payload) IS NOT NULL AS is_compressed
        FROM swell.signal AS o
        -- A range of both, for the order of its index: for an equal one the planner may walk the primary key.
        WHERE (o.run_id, o.signal_id) >= (p.run_id, news_from) AND o.run_id <= p.run_id AND NOT o.folded
          -- What a claim is to do waits for one.
          AND o.kind NOT IN ('pause', 'resume')
        ORDER BY o.run_id, o.signal_id
        LIMIT 1000
      ) AS x
      -- A cancel waits for no ends of children.
      WINDOW w AS (PARTITION BY x.is_child ORDER BY x.signal_id)
    ), told AS (
      UPDATE swell.signal AS s
      SET folded = true
      FROM (
        SELECT o.signal_id
        FROM oldest AS y
        CROSS JOIN LATERAL (
          SELECT s.signal_id
          FROM swell.signal AS s
          -- Said so, it is looked up by its key: the index of new signals would be read whole.
          WHERE s.signal_id = y.signal_id AND COALESCE(NOT s.folded, false)
          FOR UPDATE SKIP LOCKED
        ) AS o
        WHERE y.place = 1 OR y.place <= 1000 AND y.bytes <= 4194304
          AND (y.compressed <= 100 OR y.compressed_bytes <= 524288)
      ) AS mine
      WHERE s.signal_id = mine.signal_id
      RETURNING s.*
    )
    -- (What is small is stored in its row, and cannot be missing alone. No row is made a value here: that reads all of it.)
    SELECT jsonb_agg(CASE WHEN COALESCE(pg_column_size(x.payload), 0) <= 1000
        THEN swell.signal_report(x.signal_id, x.run_id, x.kind, x.name, x.payload, x.sender)
        ELSE swell.readable_report(x.signal_id, x.run_id, x.kind, x.name, x.payload, x.sender) END ORDER BY x.signal_id)
    INTO signals
    FROM (
      SELECT told.signal_id, told.run_id, told.kind, told.name, told.payload, told.sender
      FROM told
      UNION ALL
      -- What is wanted last of a run that may start something now: told, and left to the claim that
      -- follows when it is given back.
      SELECT wish.signal_id, wish.run_id, wish.kind, wish.name, NULL::jsonb, wish.sender
      FROM generate_subscripts(p_runs, 1) AS x(place)
      CROSS JOIN LATERAL (
        SELECT o.signal_id, o.run_id, o.kind, o.name, o.sender
        FROM (SELECT o.* FROM swell.signal AS o WHERE o.run_id = p_runs[x.place] OFFSET 0) AS o
        WHERE o.kind IN ('pause', 'resume') AND NOT o.folded
        ORDER BY o.signal_id DESC
        LIMIT 1
      ) AS wish
      WHERE ok[x.place]
      UNION ALL
      -- Of which runs there are more.
      SELECT 0, l.run_id, 'more', NULL, NULL, ''
      FROM (SELECT y.run_id, 1 AS n FROM oldest AS y UNION ALL SELECT told.run_id, -1 FROM told) AS l
      GROUP BY l.run_id
      HAVING sum(l.n) > 0 OR count(*) FILTER (WHERE l.n > 0) = 1000
    ) AS x;
  END IF;
  IF EXISTS (SELECT FROM swell.circuit AS x WHERE x.consecutive_failures > 0) THEN
    circuits := swell.failing_circuits(t);
  END IF;

  -- What was given back for other kinds may find its workers asleep.
  IF 1 = ANY (p_actions) THEN
    PERFORM pg_notify('swell_ready', l.lane::text)
    FROM swell.lane AS l
    WHERE l.idle_until > t AND l.lane IN (
      SELECT r.lane
      FROM unnest(p_runs, p_actions, p_run_due) AS x(run_id, action, due)
      JOIN swell.ready AS r ON r.run_id = x.run_id
      WHERE x.action = 1 AND x.due < 2000000);
  END IF;
END
$$;

-- Says that a worker lives, and hands it the signals of the runs that it holds. known is false
-- when the worker has to register again. p_signals_from: as a claim has it.
CREATE FUNCTION swell.heartbeat_v1(p_worker uuid, p_state text, p_signals_from bigint DEFAULT 0, OUT known boolean, OUT signals jsonb)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET jit = off
SET search_path = pg_catalog, swell, pg_temp
SET lock_timeout = '3s'
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
AS $$
DECLARE
  t timestamptz := swell.now();
  news_from bigint := COALESCE(p_signals_from, 0);
BEGIN
  -- One for a signal may come right after another, and each version of the row is one more to read for every call of this
  -- worker while somebody holds a snapshot.
  UPDATE swell.worker AS w
  SET heartbeat_at = t, state = p_state
  WHERE w.worker_id = p_worker AND w.state NOT IN ('dead', 'stopped')
    AND (w.state <> p_state OR w.heartbeat_at NOT BETWEEN t - interval '1 second' AND t);
  known := FOUND OR EXISTS (SELECT FROM swell.worker AS w WHERE w.worker_id = p_worker AND w.state NOT IN ('dead', 'stopped'));
  IF (SELECT true FROM swell.signal AS s WHERE NOT COALESCE(s.folded, false) AND s.signal_id >= news_from ORDER BY s.signal_id LIMIT 1) THEN
    -- What nobody waits for yet is told each time, and must keep nothing else from being told: of each run and kind the
    -- oldest come first, and what people want of a run (its first cancel, the last pause or resume, which stands until
    -- the run is given back), messages and ends of children leave each other their room: 4 MiB as they are stored, and
    -- 512 KiB for ends of children, for which a heartbeat is not to wait.
    signals := (
      SELECT jsonb_agg(CASE WHEN z.size <= 1000
          THEN swell.signal_report(z.signal_id, z.run_id, told.kind, told.name, told.payload, told.sender)
          ELSE swell.readable_report(z.signal_id, z.run_id, told.kind, told.name, told.payload, told.sender) END ORDER BY z.signal_id)
      FROM (
        SELECT y.run_id, y.signal_id, y.room, y.bytes AS size, row_number() OVER w AS place, sum(y.bytes) OVER w AS bytes
        FROM (
          SELECT x.run_id, x.signal_id, x.room, x.bytes, row_number() OVER (PARTITION BY x.run_id, x.kind ORDER BY x.age) AS place
          FROM (
            SELECT p.run_id, o.signal_id, o.bytes,
              CASE WHEN o.kind IN ('pause', 'resume') THEN 'wish' ELSE o.kind END AS kind,
              CASE WHEN o.kind IN ('cancel', 'pause', 'resume', 'child') THEN o.kind ELSE 'message' END AS room,
              CASE WHEN o.kind IN ('pause', 'resume') THEN - o.signal_id ELSE o.signal_id END AS age
            FROM swell.spoken_to(news_from) AS p(run_id)
            CROSS JOIN LATERAL (
              SELECT FROM swell.ready AS r WHERE r.run_id = p.run_id AND r.claimed_by = p_worker OFFSET 0
            ) AS mine
            CROSS JOIN LATERAL (
              SELECT s.signal_id, s.kind, COALESCE(pg_column_size(s.payload), 0) AS bytes
              FROM swell.signal AS s
              WHERE (s.run_id, s.signal_id) >= (p.run_id, news_from) AND s.run_id <= p.run_id AND NOT s.folded
              ORDER BY s.run_id, s.signal_id
              OFFSET 0
            ) AS o
          ) AS x
        ) AS y
        WHERE y.place <= CASE WHEN y.room IN ('cancel', 'pause', 'resume') THEN 1 ELSE 100 END
        WINDOW w AS (PARTITION BY y.room ORDER BY y.place, y.signal_id)
      ) AS z
      CROSS JOIN LATERAL (
        SELECT s.kind, s.name, s.payload, s.sender FROM swell.signal AS s WHERE s.signal_id = z.signal_id OFFSET 0
      ) AS told
      WHERE z.place = 1
        OR (z.place <= 1000 OR z.room IN ('cancel', 'pause', 'resume'))
          AND z.bytes <= CASE WHEN z.room = 'child' THEN 524288 ELSE 4194304 END);
  END IF;
END
$$;

-- Whether a worker's session lock is gone, or its heartbeat is older than the limit. A heartbeat that is yet to come
-- is of another server's clock: it says nothing of what has come since.
--
-- p_held: what held_locks says, asked in the same statement as the worker's row is read, which is older then: whoever has
-- registered since is not missed.
CREATE FUNCTION swell.looks_dead(
  p_locked boolean, p_key bigint, p_heartbeat timestamptz, p_by_lock boolean, p_by_age boolean, t timestamptz, p_held bigint[]
) RETURNS boolean
LANGUAGE sql STABLE
SET search_path = pg_catalog, swell, pg_temp
AS $$
  SELECT (p_by_age AND p_heartbeat NOT BETWEEN t - interval '10 seconds' AND t + interval '10 seconds')
    OR (p_by_lock AND p_locked AND p_heartbeat < t + interval '1 second' AND p_key <> ALL (p_held))
$$;

-- The keys of the advisory locks that sessions of this database hold. All locks of the server are read for it: once a
-- statement, as an uncorrelated subselect, not for each worker.
CREATE FUNCTION swell.held_locks() RETURNS bigint[]
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, swell, pg_temp
AS $$
  SELECT COALESCE(array_agg((k.classid::bigint << 32) | k.objid::bigint), '{}')
  FROM pg_locks AS k
  WHERE k.locktype = 'advisory' AND k.granted AND k.objsubid = 1
    AND k.database = (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database())
$$;

-- Frees what the dead hold. p_suspects: workers that looked dead to the caller in its last look,
-- at least 200 ms ago; those that still look dead lose their claims: new token, due now, one
-- crash more, and a signal that tells. p_by_lock, p_by_age: which of the two rules the caller
-- may use, which depends on how long it has itself been connected without a break. p_since: microseconds
-- since it came back from a break; the lock then counts only of workers that have beaten since, for what took
-- its connection may have taken everybody's locks. (A second later: the beats before it may be by another server's
-- clock.) NULL: of all.
--
-- Returns the workers that look dead now (freed is NULL), and a row for each worker whose claims
-- were freed, with their number; in each row the database's time, in microseconds since 1970.
CREATE FUNCTION swell.rescue_v1(p_worker uuid, p_suspects uuid[], p_by_lock boolean, p_by_age boolean, p_since bigint)
RETURNS TABLE (worker uuid, freed integer, others integer, seen_at bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET jit = off
SET search_path = pg_catalog, swell, pg_temp
SET lock_timeout = '6s'
AS $$
#variable_conflict use_column
DECLARE
  t timestamptz := swell.now();
  since timestamptz := COALESCE(t - p_since * interval '1 microsecond' + interval '1 second', '-infinity');
  the_dead uuid[];
  d uuid;
  n integer;
  left_over boolean;
  living integer;
  holders uuid[] := '{}';
BEGIN
  seen_at := extract(epoch FROM t) * 1000000;
  -- In one order, for two who rescue at once.
  SELECT array_agg(w.worker_id ORDER BY w.worker_id) INTO the_dead
  FROM swell.worker AS w
  WHERE w.worker_id = ANY (p_suspects) AND w.worker_id <> p_worker
    AND (w.state IN ('dead', 'stopped') OR swell.looks_dead(w.locked, w.lock_key, w.heartbeat_at, p_by_lock AND w.heartbeat_at > since, p_by_age, t,
        (SELECT swell.held_locks())));
  SELECT count(*) INTO living FROM swell.worker AS w
  WHERE w.worker_id <> p_worker AND w.state IN ('running', 'draining');
  IF the_dead IS NOT NULL THEN
    FOREACH d IN ARRAY the_dead LOOP
      WITH held AS MATERIALIZED (
        SELECT r.run_id
        FROM swell.ready AS r
        WHERE r.claimed_by = d
        ORDER BY r.run_id
        LIMIT 10000
        FOR UPDATE SKIP LOCKED
      ), free AS (
        UPDATE swell.ready AS r
        SET claimed_by = NULL, recorder = NULL, claimed_at = NULL, claim_token = nextval('swell.claim_token'),
          wave = swell.reached_wave(r.run_id, r.wave), scheduled_at = t, crashes = LEAST(r.crashes + 1, 100),
          lane = swell.freed_lane(r.run_id, r.lane), wake_at = swell.freed_wake(r.run_id, r.lane, r.wake_at, t)
        FROM held
        WHERE r.run_id = held.run_id
        RETURNING r.run_id, r.wave
      ), told AS (
        INSERT INTO swell.signal (run_id, kind, payload, sender, created_at, folded)
        SELECT f.run_id, 'worker_lost',
          jsonb_build_object('worker', d, 'wave', f.wave), p_worker::text, t, true
        FROM free AS f
        RETURNING 1
      )
      SELECT count(*) INTO n FROM told;
      -- What somebody holds locked stays with the dead until the next look.
      left_over := EXISTS (SELECT FROM swell.ready AS r WHERE r.claimed_by = d);
      UPDATE swell.worker AS w SET state = 'dead', locked = w.locked AND left_over WHERE w.worker_id = d AND w.state <> 'stopped';
      IF n > 0 THEN
        PERFORM pg_notify('swell_ready', '1');
      END IF;
      worker := d;
      freed := n;
      others := living;
      RETURN NEXT;
    END LOOP;
  END IF;
  -- One pass over "ready" for all who ended, once a second for the whole fleet, and none once they
  -- were seen to hold nothing.
  IF EXISTS (
    SELECT FROM swell.worker AS w
    WHERE w.state IN ('dead', 'stopped') AND NOT w.settled
      AND COALESCE(w.searched_at NOT BETWEEN t - interval '1 second' AND t, true))
  THEN
    holders := ARRAY(SELECT DISTINCT r.claimed_by FROM swell.ready AS r WHERE r.claimed_by IS NOT NULL);
    UPDATE swell.worker AS w
    SET searched_at = t,
      -- What it last asked for has come, or will not.
      settled = w.heartbeat_at < t - interval '20 seconds' AND w.worker_id <> ALL (holders)
    FROM (
      SELECT o.worker_id
      FROM swell.worker AS o
      WHERE o.state IN ('dead', 'stopped') AND NOT o.settled
      ORDER BY o.worker_id
      FOR UPDATE SKIP LOCKED
    ) AS ended
    WHERE w.worker_id = ended.worker_id;
  END IF;
  RETURN QUERY
    SELECT w.worker_id, NULL::integer, living, seen_at
    FROM swell.worker AS w
    WHERE w.worker_id <> p_worker
      AND (w.state IN ('running', 'draining') AND swell.looks_dead(w.locked, w.lock_key, w.heartbeat_at, p_by_lock AND w.heartbeat_at > since, p_by_age, t,
          (SELECT swell.held_locks()))
        OR w.state IN ('dead', 'stopped') AND w.worker_id = ANY (holders))
    UNION ALL
    SELECT NULL, NULL, living, seen_at;
END
$$;

-- Gives claims back without a crash, each due after so many microseconds. A row that somebody holds locked is left.
-- Returns how many of the runs were given back.
CREATE FUNCTION swell.give_back(p_worker uuid, p_runs uuid[], p_tokens bigint[], p_delays bigint[], t timestamptz) RETURNS integer
LANGUAGE plpgsql VOLATILE
SET jit = off
SET search_path = pg_catalog, swell, pg_temp
AS $$
DECLARE
  n integer;
BEGIN
  WITH held AS MATERIALIZED (
    SELECT r.run_id, x.delay
    FROM swell.ready AS r
    JOIN unnest(p_runs, p_tokens, p_delays) AS x(run_id, token, delay) ON r.run_id = x.run_id
    WHERE r.claim_token = x.token AND r.claimed_by = p_worker
    ORDER BY r.run_id
    FOR UPDATE OF r SKIP LOCKED
  )
  UPDATE swell.ready AS r
  SET claimed_by = NULL, recorder = NULL, claimed_at = NULL,
    scheduled_at = t + COALESCE(held.delay, 0) * interval '1 microsecond',
    wave = swell.reached_wave(r.run_id, r.wave),
    lane = swell.freed_lane(r.run_id, r.lane), wake_at = swell.freed_wake(r.run_id, r.lane, r.wake_at, t + COALESCE(held.delay, 0) * interval '1 microsecond')
  FROM held
  WHERE r.run_id = held.run_id;
  GET DIAGNOSTICS n = ROW_COUNT;
  RETURN n;
END
$$;

-- Gives claims back, due now; the caller tries those again that somebody holds locked.
CREATE FUNCTION swell.release_v1(p_worker uuid, p_recorder integer, p_epoch bigint, p_runs uuid[], p_tokens bigint[]) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET jit = off
SET search_path = pg_catalog, swell, pg_temp
SET lock_timeout = '6s'
AS $$
DECLARE
  n integer;
BEGIN
  PERFORM swell.check_epoch(p_worker, p_recorder, p_epoch);
  n := swell.give_back(p_worker, p_runs, p_tokens, NULL, swell.now());
  PERFORM pg_notify('swell_ready', '1');
  RETURN n;
END
$$;

-- Gives back runs whose definition this worker cannot read, for one that can, each due after so many microseconds. What
-- it leaves is as it was. p_unreadable, for people: [{"workflow", "version", "why"}].
CREATE FUNCTION swell.leave_v1(
  p_worker uuid, p_recorder integer, p_epoch bigint, p_runs uuid[], p_tokens bigint[], p_delays bigint[], p_unreadable jsonb
) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET jit = off
SET search_path = pg_catalog, swell, pg_temp
SET lock_timeout = '6s'
AS $$
DECLARE
  t timestamptz := swell.now();
BEGIN
  PERFORM swell.check_epoch(p_worker, p_recorder, p_epoch);
  INSERT INTO swell.audit (at, who, what, run_id, before, after, why)
  SELECT t, 'worker ' || COALESCE((SELECT w.name FROM swell.worker AS w WHERE w.worker_id = p_worker), p_worker::text), 'leave', NULL, NULL,
    jsonb_build_object('workflow', x.workflow, 'version', x.version), x.why
  FROM jsonb_to_recordset(p_unreadable) AS x(workflow text, version integer, why text);
  RETURN swell.give_back(p_worker, p_runs, p_tokens, p_delays, t);
END
$$;

-- What is stored of the nodes of a run, as a reconcile tells it: false if the server cannot read it.
CREATE FUNCTION swell.stored_nodes(
  p_run uuid, OUT is_readable boolean, OUT ids text[], OUT items integer[], OUT iterations integer[], OUT states text[], OUT attempts integer[]
)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, swell, pg_temp
SET jit = off
AS $$
BEGIN
  SELECT true, array_agg(o.node_id), array_agg(o.item), array_agg(o.iteration), array_agg(o.state), array_agg(o.attempt)
  INTO is_readable, ids, items, iterations, states, attempts
  FROM swell.node AS o WHERE o.run_id = p_run;
EXCEPTION WHEN internal_error OR system_error THEN
  is_readable := false;
END
$$;

-- After a lost reply: waits for whatever the old connection still does, begins the epoch that the
-- recorder asks for, and says of each run whether it is still held and what is stored of it. Frees
-- what this recorder holds without knowing it, or what cannot be read. The row without a run carries the epoch, how many were
-- freed, and how many somebody else held locked, for which the caller comes again.
--
-- The worker's row comes last: its heartbeat does not wait for what is read.
--
-- The recorder asks for a higher epoch each time: a reconcile that arrives after a later one knows
-- nothing of what was claimed since, and must not free it.
CREATE FUNCTION swell.reconcile_v1(p_worker uuid, p_recorder integer, p_epoch bigint, p_runs uuid[], p_tokens bigint[])
RETURNS TABLE (run_id uuid, held boolean, epoch bigint, freed integer, node_ids text[], node_items integer[], node_iterations integer[],
  node_states text[], node_attempts integer[], skipped integer, timeline bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET jit = off
SET search_path = pg_catalog, swell, pg_temp
SET lock_timeout = '6s'
AS $$
#variable_conflict use_column
DECLARE
  t timestamptz := swell.now();
  stored bigint;
  n integer;
  left_over integer;
  broken uuid[] := '{}';
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(p_worker::text, p_recorder + 1));
  -- Nobody raises it meanwhile: that takes the lock.
  SELECT w.epochs[p_recorder + 1] INTO stored FROM swell.worker AS w WHERE w.worker_id = p_worker;
  IF stored IS NULL THEN
    RAISE EXCEPTION 'worker % has no recorder % here', p_worker, p_recorder USING ERRCODE = 'SW102';
  ELSIF stored >= p_epoch THEN
    RAISE EXCEPTION 'recorder % of worker % is in epoch %, this reconcile asks for %', p_recorder, p_worker, stored, p_epoch
      USING ERRCODE = 'SW101';
  END IF;
  WITH unknown AS MATERIALIZED (
    SELECT r.run_id
    FROM swell.ready AS r
    WHERE r.claimed_by = p_worker AND r.recorder = p_recorder
      AND NOT EXISTS (SELECT FROM unnest(p_runs, p_tokens) AS x(run_id, token) WHERE x.run_id = r.run_id AND x.token = r.claim_token)
    ORDER BY r.run_id
    FOR UPDATE SKIP LOCKED
  )
  UPDATE swell.ready AS r
  SET claimed_by = NULL, recorder = NULL, claimed_at = NULL, scheduled_at = t,
    wave = swell.reached_wave(r.run_id, r.wave),
    lane = swell.freed_lane(r.run_id, r.lane), wake_at = swell.freed_wake(r.run_id, r.lane, r.wake_at, t)
  FROM unknown
  WHERE r.run_id = unknown.run_id;
  GET DIAGNOSTICS n = ROW_COUNT;
  IF n > 0 THEN
    PERFORM pg_notify('swell_ready', '1');
  END IF;
  UPDATE swell.signal AS s
  SET folded = false
  FROM (
    SELECT o.signal_id
    FROM swell.signal AS o
    JOIN swell.ready AS r ON r.run_id = o.run_id
    WHERE o.folded AND r.claimed_by = p_worker AND r.recorder = p_recorder
    ORDER BY o.signal_id
    FOR UPDATE OF o SKIP LOCKED
  ) AS mine
  WHERE s.signal_id = mine.signal_id;
  SELECT count(*) INTO left_over
  FROM swell.ready AS r
  WHERE r.claimed_by = p_worker AND r.recorder = p_recorder
    AND NOT EXISTS (SELECT FROM unnest(p_runs, p_tokens) AS x(run_id, token) WHERE x.run_id = r.run_id AND x.token = r.claim_token);
  FOR run_id, held, node_ids, node_items, node_iterations, node_states, node_attempts IN
    SELECT x.run_id, CASE WHEN r.run_id IS NOT NULL THEN s.is_readable ELSE false END, s.ids, s.items, s.iterations, s.states, s.attempts
    FROM unnest(p_runs, p_tokens) AS x(run_id, token)
    LEFT JOIN swell.ready AS r
      ON r.run_id = x.run_id AND r.claim_token = x.token AND r.claimed_by = p_worker AND r.recorder = p_recorder
    LEFT JOIN LATERAL swell.stored_nodes(r.run_id) AS s ON true
  LOOP
    RETURN NEXT;
    IF NOT held THEN
      broken := broken || run_id;
    END IF;
  END LOOP;
  IF broken <> '{}' THEN
    -- Of those the ones that are held, but cannot be read. Whose row somebody has locked is freed by the next reconcile.
    WITH unreadable AS MATERIALIZED (
      SELECT r.run_id
      FROM swell.ready AS r
      JOIN unnest(p_runs, p_tokens) AS x(run_id, token) ON x.run_id = r.run_id AND x.token = r.claim_token
      WHERE r.run_id = ANY (broken) AND r.claimed_by = p_worker AND r.recorder = p_recorder
      ORDER BY r.run_id
      FOR UPDATE OF r SKIP LOCKED
    )
    UPDATE swell.ready AS r
    SET claimed_by = NULL, recorder = NULL, claimed_at = NULL, scheduled_at = t,
      lane = swell.freed_lane(r.run_id, r.lane), wake_at = swell.freed_wake(r.run_id, r.lane, r.wake_at, t)
    FROM unreadable
    WHERE r.run_id = unreadable.run_id;
    SELECT left_over + count(*) INTO left_over
    FROM swell.ready AS r
    JOIN unnest(p_runs, p_tokens) AS x(run_id, token) ON x.run_id = r.run_id AND x.token = r.claim_token
    WHERE r.run_id = ANY (broken) AND r.claimed_by = p_worker AND r.recorder = p_recorder;
  END IF;
  RETURN QUERY SELECT NULL::uuid, NULL::boolean, p_epoch, n, NULL::text[], NULL::integer[], NULL::integer[], NULL::text[], NULL::integer[], left_over,
    swell.timeline();
  UPDATE swell.worker AS w SET epochs[p_recorder + 1] = p_epoch, timelines[p_recorder + 1] = swell.timeline() WHERE w.worker_id = p_worker;
END
$$;

-- Whether the caller may try a circuit that was open: says yes to one caller a period.
CREATE FUNCTION swell.probe_v1(p_circuit text, p_period bigint) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, swell, pg_temp
SET lock_timeout = '4s'
AS $$
DECLARE
  t timestamptz := swell.now();
BEGIN
  UPDATE swell.circuit AS c
  SET open_until = t + p_period * interval '1 microsecond'
  WHERE c.circuit = p_circuit AND (c.open_until <= t OR c.open_until > t + interval '1 minute');
  -- A circuit that is closed by now needs no probe.
  RETURN FOUND OR NOT EXISTS (SELECT FROM swell.circuit AS c WHERE c.circuit = p_circuit AND c.open_until IS NOT NULL);
END
$$;

-- The end of a worker: it holds nothing any more, or what it holds is to be rescued.
CREATE FUNCTION swell.unregister_v1(p_worker uuid) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, swell, pg_temp
AS $$
  UPDATE swell.worker AS w SET state = 'stopped', locked = false, heartbeat_at = swell.now() WHERE w.worker_id = p_worker
$$;

-- Housekeeping, one part a call, each in a transaction of its own: `run`, `node` and `attempt`
-- keep the partitions of that table ahead of time; `rows` forgets what nobody needs (workers that
-- ended a day ago and hold nothing, idempotency keys past their time) and looks anew at who
-- holds claims; circuits that were not heard of for an hour. Returns how many partitions were made; of `rows` 1 if
-- there are more keys to forget.
CREATE FUNCTION swell.maintain_v1(p_part text) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, swell, pg_temp
SET lock_timeout = '5s'
AS $$
DECLARE
  t timestamptz := swell.now();
  holders uuid[];
  forgotten integer;
BEGIN
  IF p_part IS DISTINCT FROM 'rows' THEN
    RETURN swell.make_partitions(p_part, 1);
  END IF;
  DELETE FROM swell.idempotency AS k
  USING (SELECT o.ctid AS place FROM swell.idempotency AS o WHERE o.expires_at < t - interval '1 hour' LIMIT 20000 FOR UPDATE SKIP LOCKED) AS old
  WHERE k.ctid = old.place;
  GET DIAGNOSTICS forgotten = ROW_COUNT;
  -- Of which nobody has seen anything for an hour. Each one that has failures goes with every claim.
  DELETE FROM swell.circuit AS c
  USING (
    SELECT o.circuit FROM swell.circuit AS o WHERE o.changed_at < t - interval '1 hour' ORDER BY o.circuit FOR UPDATE SKIP LOCKED
  ) AS old
  WHERE c.circuit = old.circuit;
  holders := ARRAY(SELECT DISTINCT r.claimed_by FROM swell.ready AS r WHERE r.claimed_by IS NOT NULL);
  DELETE FROM swell.worker AS w
  USING (
    SELECT o.worker_id
    FROM swell.worker AS o
    WHERE o.state IN ('stopped', 'dead') AND o.heartbeat_at < t - interval '1 day' AND o.worker_id <> ALL (holders)
    ORDER BY o.worker_id
    FOR UPDATE SKIP LOCKED
  ) AS ended
  WHERE w.worker_id = ended.worker_id;
  UPDATE swell.worker AS w
  SET settled = false, searched_at = NULL
  FROM (
    SELECT o.worker_id FROM swell.worker AS o WHERE o.settled AND o.worker_id = ANY (holders)
    ORDER BY o.worker_id FOR UPDATE SKIP LOCKED
  ) AS late
  WHERE w.worker_id = late.worker_id;
  -- A claim of somebody whose row is gone is a dead worker's claim.
  INSERT INTO swell.worker (worker_id, name, host, pid, version, kinds, locked, lock_key, epochs, state, started_at, heartbeat_at)
  SELECT h.id, 'unknown', 'unknown', 0, 'unknown', '{}', false, 0, '{}', 'dead', t, t
  FROM unnest(holders) AS h(id)
  WHERE NOT EXISTS (SELECT FROM swell.worker AS w WHERE w.worker_id = h.id)
  ON CONFLICT DO NOTHING;
  RETURN forgotten / 20000;
END
$$;
