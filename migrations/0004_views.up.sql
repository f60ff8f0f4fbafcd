-- The promise to dashboards: columns are only ever added.

CREATE VIEW swell.runs AS
SELECT
  r.run_id,
  r.workflow,
  r.version,
  CASE
    WHEN r.state <> 'live' THEN r.state
    WHEN y.paused IS NOT NULL THEN 'paused'
    WHEN y.claimed_by IS NOT NULL THEN 'running'
    WHEN EXISTS (SELECT FROM swell.node AS n WHERE n.run_id = r.run_id AND n.state = 'retrying') THEN 'retrying'
    WHEN EXISTS (SELECT FROM swell.node AS n WHERE n.run_id = r.run_id AND n.state = 'waiting') THEN 'waiting'
    ELSE 'queued'
  END AS state,
  r.queue,
  r.priority,
  r.input,
  r.output,
  r.error,
  r.tags,
  r.trace,
  r.parent,
  r.idempotency_key,
  r.deadline,
  r.created_at,
  COALESCE(r.started_at, (SELECT min(n.started_at) FROM swell.node AS n WHERE n.run_id = r.run_id)) AS started_at,
  r.finished_at,
  y.scheduled_at,
  -- The row of a run that goes on is left as it is.
  CASE WHEN y.claimed_by IS NULL THEN y.wave ELSE GREATEST(y.wave, (
    SELECT max(n.wave) + 1 FROM swell.node AS n
    WHERE n.run_id = r.run_id AND n.state IN ('succeeded', 'failed', 'cancelled', 'skipped')))
  END AS wave,
  y.claimed_by AS worker,
  y.claimed_at,
  y.crashes,
  -- What the run's next step needs and no live worker of its queue has, {} where there is no such
  -- worker and no kind is needed; NULL when that is not why it waits.
  CASE WHEN y.claimed_by IS NULL AND y.lane > 1 THEN (
    SELECT COALESCE(
      (SELECT array_agg(k.kind ORDER BY k.kind)
      FROM unnest(l.kinds) AS k(kind)
      WHERE NOT EXISTS (
        SELECT FROM swell.worker AS w
        WHERE w.state = 'running' AND w.heartbeat_at > swell.now() - interval '10 seconds'
          AND k.kind = ANY (w.kinds) AND (w.queues IS NULL OR l.queue = ANY (w.queues)))),
      CASE WHEN NOT EXISTS (
        SELECT FROM swell.worker AS w
        WHERE w.state = 'running' AND w.heartbeat_at > swell.now() - interval '10 seconds'
          AND (w.queues IS NULL OR l.queue = ANY (w.queues)))
        THEN '{}'::text[] END)
    FROM swell.lane AS l WHERE l.lane = y.lane)
  END AS waits_for
FROM swell.run AS r
LEFT JOIN swell.ready AS y ON y.run_id = r.run_id;

COMMENT ON VIEW swell.runs IS 'One row per run. INSERT (workflow, input, ...) enqueues.';

CREATE FUNCTION swell.insert_run() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, swell, pg_temp
AS $$
BEGIN
  IF NEW.output IS NOT NULL OR NEW.error IS NOT NULL OR NEW.state IS NOT NULL OR NEW.parent IS NOT NULL
    OR NEW.deadline IS NOT NULL OR NEW.created_at IS NOT NULL OR NEW.started_at IS NOT NULL OR NEW.finished_at IS NOT NULL
    OR NEW.wave IS NOT NULL OR NEW.worker IS NOT NULL OR NEW.claimed_at IS NOT NULL OR NEW.crashes IS NOT NULL
    OR NEW.waits_for IS NOT NULL
  THEN
    RAISE EXCEPTION 'a run is inserted with workflow, input, queue, priority, scheduled_at, idempotency_key, tags, version, run_id and trace only'
      USING ERRCODE = 'SW002', HINT = 'Leave the other columns to Swell.';
  END IF;
  NEW.run_id := swell.enqueue(NEW.workflow, COALESCE(NEW.input, '{}'), NEW.queue, COALESCE(NEW.priority::integer, 0), NEW.scheduled_at,
    NEW.idempotency_key, NEW.tags, NEW.version, NEW.run_id, NEW.trace);
  RETURN NEW;
END
$$;

CREATE TRIGGER insert_run INSTEAD OF INSERT ON swell.runs FOR EACH ROW EXECUTE FUNCTION swell.insert_run();

CREATE VIEW swell.run_nodes AS
SELECT
  n.run_id, r.workflow, n.node_id, n.item, n.iteration, n.wave, n.state, n.attempt, n.retries_from,
  n.degraded, n.input, n.output, n.error,
  n.error ->> 'kind' AS error_kind, n.error ->> 'message' AS error_message,
  n.scheduled_at, n.started_at, n.finished_at, n.finished_at - n.started_at AS took,
  n.worker, n.claim_token
FROM swell.node AS n
JOIN swell.run AS r ON r.run_id = n.run_id;

COMMENT ON VIEW swell.run_nodes IS 'One row per node that ended, waits or retries.';

CREATE VIEW swell.run_timeline AS
SELECT r.run_id, r.created_at AS at, 'enqueued' AS event, NULL::text AS node_id, NULL::integer AS attempt,
  NULL::uuid AS worker, jsonb_build_object('workflow', r.workflow, 'version', r.version, 'queue', r.queue) AS detail
FROM swell.run AS r
UNION ALL
SELECT a.run_id, a.finished_at, 'attempt failed', a.node_id, a.number, a.worker, a.error
FROM swell.attempt AS a
UNION ALL
SELECT n.run_id, n.started_at, 'node started', n.node_id, n.attempt, n.worker,
  jsonb_strip_nulls(jsonb_build_object('wave', n.wave, 'item', NULLIF(n.item, 0), 'iteration', NULLIF(n.iteration, 0)))
FROM swell.node AS n
WHERE n.started_at IS NOT NULL
UNION ALL
SELECT n.run_id,
  -- What will be tried again happened when it failed, not when it is due.
  COALESCE(n.finished_at, (
    SELECT max(a.finished_at) FROM swell.attempt AS a
    WHERE a.run_id = n.run_id AND a.node_id = n.node_id AND a.item = n.item AND a.iteration = n.iteration
      AND a.number = n.attempt), n.started_at, r.created_at),
  'node ' || n.state,
  n.node_id, n.attempt, n.worker,
  jsonb_strip_nulls(jsonb_build_object('wave', n.wave, 'item', NULLIF(n.item, 0), 'iteration', NULLIF(n.iteration, 0), 'degraded', n.degraded, 'scheduled_at', n.scheduled_at, 'error', n.error))
FROM swell.node AS n
JOIN swell.run AS r ON r.run_id = n.run_id
WHERE n.state <> 'pending'
UNION ALL
SELECT s.run_id, s.created_at, CASE s.kind WHEN 'worker_lost' THEN 'worker lost' ELSE s.kind || ' requested' END,
  NULL, NULL, CASE WHEN s.kind = 'worker_lost' THEN (s.payload ->> 'worker')::uuid END, s.payload
FROM swell.signal AS s
UNION ALL
SELECT u.run_id, u.at, u.what || ' by ' || u.who, NULL, NULL, NULL, jsonb_build_object('why', u.why)
FROM swell.audit AS u
WHERE u.run_id IS NOT NULL
UNION ALL
SELECT r.run_id, r.finished_at, 'run ' || r.state, NULL, NULL, NULL, r.error
FROM swell.run AS r
WHERE r.finished_at IS NOT NULL;

COMMENT ON VIEW swell.run_timeline IS 'What happened to a run: SELECT * FROM swell.run_timeline WHERE run_id = … ORDER BY at.';

CREATE VIEW swell.queues AS
WITH clock AS MATERIALIZED (SELECT swell.now() AS t)
SELECT
  COALESCE(q.queue, d.queue) AS queue,
  COALESCE(d.depth, 0) AS depth,
  COALESCE(d.due, 0) AS due,
  COALESCE(d.in_flight, 0) AS in_flight,
  d.oldest_due,
  COALESCE(f.finished, 0) AS finished_last_minute
FROM (
  SELECT l.queue FROM swell.lane AS l WHERE l.lane > 1
  UNION
  SELECT w.queue FROM swell.workflow AS w
) AS q
-- A queue that was first named by an enqueue has no lane until somebody claims the run.
FULL JOIN (
  SELECT r.queue, count(*) AS depth,
    count(*) FILTER (WHERE y.claimed_by IS NULL AND y.paused IS NULL AND y.scheduled_at <= clock.t) AS due,
    count(*) FILTER (WHERE y.claimed_by IS NOT NULL) AS in_flight,
    min(y.scheduled_at) FILTER (WHERE y.claimed_by IS NULL AND y.paused IS NULL AND y.scheduled_at <= clock.t) AS oldest_due
  FROM clock, swell.ready AS y JOIN swell.run AS r ON r.run_id = y.run_id
  GROUP BY r.queue
) AS d ON d.queue = q.queue
LEFT JOIN (
  SELECT r.queue, count(*) AS finished
  FROM clock, swell.run AS r
  WHERE r.run_id >= swell.run_id_bound(clock.t - interval '1 hour')
    AND r.finished_at > clock.t - interval '1 minute'
  GROUP BY r.queue
) AS f ON f.queue = COALESCE(q.queue, d.queue);

COMMENT ON VIEW swell.queues IS 'Depth, what is due, and the throughput of runs enqueued within the hour.';

CREATE VIEW swell.workers AS
SELECT
  w.worker_id, w.name, w.host, w.pid, w.version,
  CASE WHEN w.state IN ('running', 'draining') AND swell.looks_dead(w.locked, w.lock_key, w.heartbeat_at, NOT pg_is_in_recovery(), true, swell.now(), (SELECT swell.held_locks()))
    THEN 'lost' ELSE w.state END AS state,
  w.kinds, w.queues,
  COALESCE(h.runs, 0) AS runs_held,
  w.started_at, w.heartbeat_at
FROM swell.worker AS w
LEFT JOIN (
  SELECT y.claimed_by, count(*) AS runs FROM swell.ready AS y WHERE y.claimed_by IS NOT NULL GROUP BY y.claimed_by
) AS h ON h.claimed_by = w.worker_id;

CREATE VIEW swell.circuits AS
SELECT
  c.circuit,
  CASE WHEN c.open_until IS NULL THEN 'closed' WHEN c.open_until > swell.now() THEN 'open' ELSE 'half-open' END AS state,
  c.consecutive_failures, c.opened_at, c.open_until, c.changed_at
FROM swell.circuit AS c;

CREATE VIEW swell.dead_letters AS
SELECT
  r.run_id, r.workflow, r.version, r.queue, r.state, r.error,
  r.error ->> 'kind' AS error_kind, r.error ->> 'message' AS error_message,
  r.error #>> '{context,node}' AS node_id,
  r.input, r.tags, r.created_at, r.finished_at
FROM swell.run AS r
-- What a parent waited for is the parent's affair.
WHERE r.state = 'failed' AND (r.parent IS NULL OR COALESCE((r.parent_place ->> 'detached')::boolean, false));

COMMENT ON VIEW swell.dead_letters IS 'Runs that failed for good and that no parent waited for. SELECT swell.retry(run_id) makes one live again, unless it never began.';

CREATE VIEW swell.workflows AS
SELECT d.workflow, d.version, d.current, d.queue, d.deadline, d.kinds, d.definition, d.created_at
FROM swell.workflow AS d;

COMMENT ON VIEW swell.workflows IS 'One row per version of a workflow; new runs get the current one.';
