public import SwellPostgres

/// The statements by which the benchmark sets the stage and reads what came out.
public enum BenchSQL {
  public static let runningWorkers = Statement(
    "bench_workers", "SELECT count(*) FROM swell.worker WHERE state = 'running' AND name <> 'probe'"
  )

  public static let closeLanes = "UPDATE swell.lane SET open = false WHERE lane > 1"

  public static let openLanes = """
    UPDATE swell.lane SET open = true WHERE lane > 1;
    NOTIFY swell_ready, '1'
    """

  public static let counts = Statement(
    "bench_counts",
    """
    SELECT d.xact_commit, pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint
    FROM pg_stat_database AS d WHERE d.datname = current_database()
    """)

  /// Makes `pageImages` possible where the contrib module is there; needs a superuser.
  public static let makeWALReader = """
    DO $$ BEGIN
      IF EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_walinspect') THEN
        CREATE EXTENSION IF NOT EXISTS pg_walinspect;
      END IF;
    END $$
    """

  public static let canReadWAL = Statement(
    "bench_can_read_wal",
    "SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_walinspect')")

  /// The bytes of whole pages between two places of the write-ahead log.
  public static let pageImages = Statement(
    "bench_page_images",
    """
    SELECT COALESCE(sum(fpi_size), 0)::bigint
    FROM pg_get_wal_stats('0/0'::pg_lsn + $1::bigint::numeric,
      LEAST('0/0'::pg_lsn + $2::bigint::numeric, pg_current_wal_flush_lsn()))
    """)

  public static let enqueueOne = Statement(
    "bench_enqueue_one", "SELECT swell.enqueue('bench', $1::jsonb)")

  public static let enqueueBatch = Statement(
    "bench_enqueue_batch", "SELECT count(*) FROM swell.enqueue_many('bench', $1::jsonb[])")

  public static let enqueueCopies = Statement(
    "bench_enqueue_copies",
    "SELECT count(*) FROM swell.enqueue_many('bench', array_fill($2::jsonb, ARRAY[$1::integer]))")

  /// From the intended time of each run to its end, of those meant for $1 or later.
  public static let endToEnd = Statement(
    "bench_end_to_end",
    """
    SELECT (extract(epoch FROM r.finished_at) * 1000000)::bigint - (r.input ->> 'at')::bigint
    FROM swell.run AS r
    WHERE r.finished_at IS NOT NULL AND (r.input ->> 'at')::bigint >= $1::bigint
    """)

  /// From the moment before the enqueue to the handler's first line, without the first $1 runs.
  public static let pickUp = Statement(
    "bench_pick_up",
    """
    SELECT (r.output ->> 'at')::bigint - (r.input ->> 'at')::bigint
    FROM swell.run AS r
    ORDER BY r.created_at
    OFFSET $1::bigint
    """)

  /// Keeps when each retry was scheduled: the row of the node is overwritten by its success.
  public static let keepRetryTimes = """
    CREATE TABLE bare.retry (run_id uuid NOT NULL, scheduled_at timestamptz NOT NULL);
    CREATE FUNCTION bare.keep() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
    BEGIN
      INSERT INTO bare.retry VALUES (NEW.run_id, NEW.scheduled_at);
      RETURN NULL;
    END $$;
    CREATE TRIGGER keep AFTER INSERT ON swell.node
    FOR EACH ROW WHEN (NEW.state = 'retrying') EXECUTE FUNCTION bare.keep();
    """

  public static let retryLateness = Statement(
    "bench_retry",
    """
    SELECT (r.output ->> 'at')::bigint - (extract(epoch FROM k.scheduled_at) * 1000000)::bigint
    FROM swell.run AS r JOIN bare.retry AS k ON k.run_id = r.run_id
    WHERE $1::bigint = 0
    """)

  public static let earlyRetries = Statement(
    "bench_early",
    """
    SELECT count(*)
    FROM swell.run AS r JOIN bare.retry AS k ON k.run_id = r.run_id
    WHERE (r.output ->> 'at')::bigint < floor(extract(epoch FROM k.scheduled_at) * 1000000)
    """)

  public static let dueRows = rows("due", lane: "2", priority: 0, at: "clock_timestamp()")

  public static let futureRows = rows(
    "future", lane: "2", priority: 9, at: "clock_timestamp() + interval '1 day'")

  public static let pausedRows = Statement(
    "bench_paused",
    """
    WITH made AS MATERIALIZED (SELECT swell.new_run_id() AS id FROM generate_series(1, $1::integer)), run AS (
      INSERT INTO swell.run (run_id, workflow, version, queue, priority, state, input, created_at)
      SELECT id, 'bench', 1, 'default', 9, 'live', $2::jsonb, clock_timestamp() FROM made
    )
    INSERT INTO swell.ready (run_id, lane, priority, scheduled_at, paused)
    SELECT id, 0, 9, clock_timestamp(), 2 FROM made
    """)

  /// In a lane of a kind that the benchmark's worker does not have.
  public static let foreignRows = Statement(
    "bench_foreign",
    """
    WITH other AS (
      INSERT INTO swell.lane (queue, kinds) VALUES ('default', '{handler:foreign}') RETURNING lane
    ), made AS MATERIALIZED (
      SELECT swell.new_run_id() AS id FROM generate_series(1, $1::integer)
    ), run AS (
      INSERT INTO swell.run (run_id, workflow, version, queue, priority, state, input, created_at)
      SELECT id, 'bench', 1, 'default', 9, 'live', $2::jsonb, clock_timestamp() FROM made
    )
    INSERT INTO swell.ready (run_id, lane, priority, scheduled_at)
    SELECT made.id, other.lane, 9, clock_timestamp() FROM made, other
    """)

  public static let emptyRuns = "TRUNCATE swell.ready, swell.run"

  public static let holdSnapshot = """
    BEGIN ISOLATION LEVEL REPEATABLE READ;
    SELECT count(*) FROM swell.lane
    """

  /// Versions of hot rows that the snapshot keeps.
  public static let deadRows = Statement(
    "bench_dead",
    "SELECT n_dead_tup FROM pg_stat_user_tables WHERE relid = 'swell.ready'::regclass")

  private static func rows(_ name: String, lane: String, priority: Int, at: String) -> Statement {
    Statement(
      "bench_\(name)",
      """
      WITH made AS MATERIALIZED (SELECT swell.new_run_id() AS id FROM generate_series(1, $1::integer)), run AS (
        INSERT INTO swell.run (run_id, workflow, version, queue, priority, state, input, created_at)
        SELECT id, 'bench', 1, 'default', \(priority), 'live', $2::jsonb, clock_timestamp() FROM made
      )
      INSERT INTO swell.ready (run_id, lane, priority, scheduled_at)
      SELECT id, \(lane), \(priority), \(at) FROM made
      """)
  }
}
