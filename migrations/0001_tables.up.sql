-- The tables of Swell. docs/architecture.md says what each is for.
--
-- Only "ready" is hot: one small row per live run. Results go to "node" once and stay.
-- No foreign keys touch run, ready, node, attempt or worker: the functions keep those.


-- The four roles are of the whole cluster, so another database may have made them already.
DO $$
DECLARE
  wanted text;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['swell_enqueuer', 'swell_worker', 'swell_operator', 'swell_reader'] LOOP
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = wanted) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
      EXCEPTION
        WHEN duplicate_object OR unique_violation THEN NULL;
        WHEN insufficient_privilege THEN
          RAISE EXCEPTION 'the role % does not exist, and % may not create it', wanted, current_user
            USING ERRCODE = 'SW006',
              HINT = format('Migrate as a user with CREATEROLE, or let an administrator run: CREATE ROLE %I NOLOGIN;', wanted);
      END;
    END IF;
  END LOOP;
END
$$;

-- The time of the database, the only time there is. A test database replaces this one
-- function by one that reads a table. Not of SQL: the planner puts no VOLATILE body in place of a
-- STABLE call, and a function of SQL is parsed anew in each transaction.
CREATE FUNCTION swell.now() RETURNS timestamptz
LANGUAGE plpgsql STABLE PARALLEL SAFE
AS 'BEGIN RETURN pg_catalog.clock_timestamp(); END';

CREATE SEQUENCE swell.claim_token AS bigint;

CREATE TABLE swell.workflow (
  workflow    text NOT NULL CONSTRAINT workflow_name CHECK (workflow ~ '^[a-z][a-z0-9_]*$'),
  version     integer NOT NULL CONSTRAINT workflow_version CHECK (version > 0),
  definition  jsonb NOT NULL,
  sha256      bytea NOT NULL,
  queue       text NOT NULL,
  deadline    interval,
  kinds       text[] NOT NULL,
  first_kinds text[] NOT NULL,
  -- enqueue: the lane of these in this queue, which is there as long as the workflow
  first_lane  integer NOT NULL,
  current     boolean NOT NULL,
  created_at  timestamptz NOT NULL,
  -- what an input must fit; NULL takes any
  input_schema jsonb,
  CONSTRAINT workflow_pkey PRIMARY KEY (workflow, version)
);
-- apply: is this content known?
CREATE UNIQUE INDEX workflow_sha256 ON swell.workflow (workflow, sha256);
-- enqueue: the version that new runs get
CREATE UNIQUE INDEX workflow_current ON swell.workflow (workflow) WHERE current;

CREATE TABLE swell.run (
  run_id          uuid NOT NULL,
  workflow        text NOT NULL,
  version         integer NOT NULL,
  queue           text NOT NULL,
  priority        smallint NOT NULL CONSTRAINT run_priority CHECK (priority BETWEEN 0 AND 9),
  state           text NOT NULL CONSTRAINT run_state CHECK (state IN ('live', 'succeeded', 'failed', 'cancelled')),
  input           jsonb NOT NULL,
  output          jsonb,
  error           jsonb,
  parent          uuid,
  -- What of its parent it is: node, item, iteration, attempt; how many stand above it; how long its
  -- end may wait for others (microseconds); whether nobody waits for it.
  parent_place    jsonb,
  tags            jsonb,
  trace           text,
  idempotency_key text,
  deadline        timestamptz,
  created_at      timestamptz NOT NULL,
  started_at      timestamptz,
  finished_at     timestamptz,
  CONSTRAINT run_pkey PRIMARY KEY (run_id),
  CONSTRAINT run_ended CHECK ((state = 'live') = (finished_at IS NULL)),
  CONSTRAINT run_place CHECK ((parent IS NULL) = (parent_place IS NULL))
) PARTITION BY RANGE (run_id);
-- record: the children of a run that are to end with it; the view of a run's children
CREATE INDEX run_parent ON swell.run (parent) WHERE parent IS NOT NULL;

CREATE TABLE swell.ready (
  run_id       uuid NOT NULL,
  lane         integer NOT NULL,
  priority     smallint NOT NULL,
  scheduled_at timestamptz NOT NULL,
  wave         integer NOT NULL DEFAULT 0,
  claim_token  bigint NOT NULL DEFAULT 0,
  claimed_by   uuid,
  recorder     smallint,
  claimed_at   timestamptz,
  crashes      smallint NOT NULL DEFAULT 0,
  paused       integer,
  wake_at      timestamptz,
  CONSTRAINT ready_pkey PRIMARY KEY (run_id),
  CONSTRAINT ready_priority CHECK (priority BETWEEN 0 AND 9),
  CONSTRAINT ready_claim CHECK ((claimed_by IS NULL) = (recorder IS NULL) AND (claimed_by IS NULL) = (claimed_at IS NULL)),
  CONSTRAINT ready_paused CHECK ((paused IS NULL) = (lane <> 0))
) WITH (
  fillfactor = 40, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500,
  autovacuum_vacuum_cost_delay = 0, autovacuum_analyze_scale_factor = 0.2
);
-- claim: the head of a lane at a priority, and when its next row is due. It names no other
-- column, so that claiming and continuing stay heap-only updates.
CREATE INDEX ready_due ON swell.ready (lane, priority, scheduled_at, run_id);
-- claim: runs whose deadline or retry has come while they wait where perhaps nobody looks
CREATE INDEX ready_wake ON swell.ready (wake_at) WHERE wake_at IS NOT NULL AND lane > 1;
-- claim: the few runs whose worker died
CREATE INDEX ready_crashed ON swell.ready (lane, scheduled_at) WHERE crashes > 0;

CREATE TABLE swell.lane (
  lane       integer GENERATED BY DEFAULT AS IDENTITY (START WITH 2) CONSTRAINT lane_pkey PRIMARY KEY,
  queue      text NOT NULL,
  kinds      text[] NOT NULL,
  open       boolean NOT NULL DEFAULT true,
  idle_until timestamptz NOT NULL DEFAULT '-infinity',
  -- enqueue and apply: the lane of a queue and what a step needs
  CONSTRAINT lane_queue_kinds UNIQUE (queue, kinds)
) WITH (fillfactor = 50, autovacuum_vacuum_threshold = 100, autovacuum_vacuum_scale_factor = 0);
-- Lane 0 is opened by nobody: a paused run is there. Lane 1 is opened by every worker.
INSERT INTO swell.lane (lane, queue, kinds, open) VALUES (0, '', '{paused}', false), (1, '', '{}', true);

CREATE TABLE swell.node (
  run_id       uuid NOT NULL,
  node_id      text NOT NULL,
  item         integer NOT NULL DEFAULT 0,
  iteration    integer NOT NULL DEFAULT 0,
  wave         integer NOT NULL,
  state        text NOT NULL CONSTRAINT node_state CHECK (state IN ('succeeded', 'failed', 'cancelled', 'skipped', 'retrying', 'waiting', 'pending')),
  attempt      integer NOT NULL CONSTRAINT node_attempt CHECK (attempt >= 0),
  retries_from integer NOT NULL DEFAULT 0,
  input        jsonb,
  output       jsonb,
  error        jsonb,
  degraded     boolean NOT NULL DEFAULT false,
  scheduled_at timestamptz,
  started_at   timestamptz,
  finished_at  timestamptz,
  worker       uuid,
  claim_token  bigint,
  CONSTRAINT node_pkey PRIMARY KEY (run_id, node_id, item, iteration),
  CONSTRAINT node_due CHECK (state <> 'retrying' OR scheduled_at IS NOT NULL)
) PARTITION BY RANGE (run_id);

CREATE TABLE swell.attempt (
  run_id       uuid NOT NULL,
  node_id      text NOT NULL,
  item         integer NOT NULL DEFAULT 0,
  iteration    integer NOT NULL DEFAULT 0,
  number       integer NOT NULL CONSTRAINT attempt_number CHECK (number >= 0),
  wave         integer NOT NULL,
  scheduled_at timestamptz,
  started_at   timestamptz,
  finished_at  timestamptz NOT NULL,
  worker       uuid,
  claim_token  bigint,
  error        jsonb NOT NULL,
  CONSTRAINT attempt_pkey PRIMARY KEY (run_id, node_id, item, iteration, number)
) PARTITION BY RANGE (run_id);

-- The end of a run has room beside its beginning: a row that moved to another page would cost a lock
-- and an index entry more, 170 bytes of WAL. The end is longer than the beginning, so half a page is
-- not enough; the same is true of a claim in `ready`.
CREATE TABLE swell.run_default PARTITION OF swell.run DEFAULT WITH (fillfactor = 40);
CREATE TABLE swell.node_default PARTITION OF swell.node DEFAULT;
CREATE TABLE swell.attempt_default PARTITION OF swell.attempt DEFAULT;

CREATE TABLE swell.signal (
  signal_id  bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT signal_pkey PRIMARY KEY,
  run_id     uuid NOT NULL,
  kind       text NOT NULL CONSTRAINT signal_kind CHECK (kind IN ('cancel', 'worker_lost', 'signal', 'answer', 'child', 'pause', 'resume')),
  -- of a signal its name, of an answer the node that asked, of a child's end the node that waits
  name       text,
  payload    jsonb,
  sender     text NOT NULL,
  created_at timestamptz NOT NULL,
  folded     boolean NOT NULL DEFAULT false,
  CONSTRAINT signal_name CHECK ((name IS NULL) = (kind NOT IN ('signal', 'answer', 'child')))
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
-- claim, record: the signals of a run
CREATE INDEX signal_run ON swell.signal (run_id);
-- answer: the first one counts
CREATE UNIQUE INDEX signal_answer ON swell.signal (run_id, name) WHERE kind = 'answer';
-- claim, record, heartbeat: the runs with signals that nobody has seen, and those of one of them
CREATE INDEX signal_unfolded ON swell.signal (run_id, signal_id) WHERE NOT folded;
-- claim, record, heartbeat: the oldest of them, and those from there on. Said so, it serves only who says the same:
-- whoever looks for those of one run would read it whole where the statistics know of none.
CREATE INDEX signal_news ON swell.signal (signal_id) WHERE NOT COALESCE(folded, false);

CREATE TABLE swell.idempotency (
  workflow     text NOT NULL,
  key          text NOT NULL CONSTRAINT idempotency_key_length CHECK (length(key) BETWEEN 1 AND 500),
  run_id       uuid NOT NULL,
  input_sha256 bytea NOT NULL,
  expires_at   timestamptz NOT NULL,
  CONSTRAINT idempotency_pkey PRIMARY KEY (workflow, key)
);
CREATE INDEX idempotency_expiry ON swell.idempotency (expires_at);

CREATE TABLE swell.circuit (
  circuit              text NOT NULL CONSTRAINT circuit_pkey PRIMARY KEY,
  consecutive_failures integer NOT NULL CONSTRAINT circuit_failures CHECK (consecutive_failures >= 0),
  opened_at            timestamptz,
  open_until           timestamptz,
  changed_at           timestamptz NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE swell.worker (
  worker_id    uuid NOT NULL CONSTRAINT worker_pkey PRIMARY KEY,
  name         text NOT NULL,
  host         text NOT NULL,
  pid          integer NOT NULL,
  version      text NOT NULL,
  kinds        text[] NOT NULL,
  queues       text[],
  locked       boolean NOT NULL,
  lock_key     bigint NOT NULL,
  epochs       bigint[] NOT NULL,
  -- In which history of the database each recorder began its epoch.
  timelines    bigint[],
  state        text NOT NULL CONSTRAINT worker_state CHECK (state IN ('running', 'draining', 'stopped', 'dead')),
  started_at   timestamptz NOT NULL,
  heartbeat_at timestamptz NOT NULL,
  -- Ended, and seen to hold nothing: rescue need not look for its claims again.
  settled      boolean NOT NULL DEFAULT false,
  -- rescue: when "ready" was last searched for claims of this one, which has ended
  searched_at  timestamptz
) WITH (fillfactor = 50, autovacuum_vacuum_threshold = 100, autovacuum_vacuum_scale_factor = 0);

CREATE TABLE swell.audit (
  audit_id   bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT audit_pkey PRIMARY KEY,
  at         timestamptz NOT NULL,
  who        text NOT NULL,
  what       text NOT NULL,
  run_id     uuid,
  before     jsonb,
  after      jsonb,
  why        text
);
-- The timeline of a run.
CREATE INDEX audit_run ON swell.audit (run_id) WHERE run_id IS NOT NULL;
-- Which versions of workflows some worker cannot read.
CREATE INDEX audit_leave ON swell.audit (at) WHERE what = 'leave';

-- The first run id of a moment: UUIDv7 begins with the milliseconds since 1970.
CREATE FUNCTION swell.run_id_bound(moment timestamptz) RETURNS uuid
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT (lpad(to_hex((extract(epoch FROM moment) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;

-- Makes the daily partitions of run, node or attempt from two days back to 30 days ahead. A day
-- whose rows are in the default partition already is left alone. Returns how many were made, p_most at the most: each
-- reads the whole default partition while nobody else can use the table.
--
-- One parent a transaction: a partition locks its parent, and no order of three parents is the
-- order of every claim and every record.
CREATE FUNCTION swell.make_partitions(p_parent text, p_most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, swell, pg_temp
SET lock_timeout = '2s'
SET TimeZone = 'UTC'
AS $$
DECLARE
  day date;
  low uuid;
  high uuid;
  taken boolean;
  made integer := 0;
BEGIN
  IF p_parent IS NULL OR p_parent NOT IN ('run', 'node', 'attempt') THEN
    RAISE EXCEPTION 'no table % has partitions', COALESCE(p_parent, 'NULL') USING ERRCODE = 'SW002';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('swell.make_partitions', 0));
  -- Whoever waits for the table's lock stops everybody behind it: not long, while there is time.
  IF to_regclass(format('swell.%I', p_parent || to_char(swell.now()::date + 2, '_YYYYMMDD'))) IS NOT NULL THEN
    PERFORM set_config('lock_timeout', '100ms', true);
  END IF;
  FOR day IN SELECT generate_series(swell.now()::date - 2, swell.now()::date + 30, interval '1 day')::date LOOP
    CONTINUE WHEN to_regclass(format('swell.%I', p_parent || to_char(day, '_YYYYMMDD'))) IS NOT NULL;
    low := swell.run_id_bound(day::timestamptz);
    high := swell.run_id_bound((day + 1)::timestamptz);
    EXECUTE format('SELECT EXISTS (SELECT FROM swell.%I WHERE run_id >= $1 AND run_id < $2)', p_parent || '_default')
      INTO taken USING low, high;
    CONTINUE WHEN taken;
    EXECUTE format('CREATE TABLE swell.%I PARTITION OF swell.%I FOR VALUES FROM (%L) TO (%L) WITH (fillfactor = %s)',
      p_parent || to_char(day, '_YYYYMMDD'), p_parent, low, high, CASE p_parent WHEN 'run' THEN 40 ELSE 100 END);
    made := made + 1;
    EXIT WHEN made >= p_most;
  END LOOP;
  RETURN made;
END
$$;

SELECT swell.make_partitions('run', 99), swell.make_partitions('node', 99), swell.make_partitions('attempt', 99);
