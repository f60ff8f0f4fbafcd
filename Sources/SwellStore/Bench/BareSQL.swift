public import SwellPostgres

/// The statements of the benchmark: how its runs are made, and the limit, which stores the same
/// rows without any of the protocol.
public enum BareSQL {
  public static let dropDatabase = "DROP DATABASE IF EXISTS swell_bench WITH (FORCE)"
  public static let createDatabase = "CREATE DATABASE swell_bench"

  public static let schema = """
    CREATE SCHEMA bare;
    CREATE TABLE bare.run (LIKE swell.run INCLUDING ALL) WITH (fillfactor = 40);
    CREATE TABLE bare.node (LIKE swell.node INCLUDING ALL);
    CREATE TABLE bare.ready (LIKE swell.ready INCLUDING ALL) WITH (fillfactor = 40, autovacuum_vacuum_cost_delay = 0);
    CREATE TABLE bare.batch (batch integer PRIMARY KEY, ids uuid[] NOT NULL);
    """

  public static let empty = "TRUNCATE bare.run, bare.node, bare.ready, bare.batch"

  public static let listen = "LISTEN bare_ready"

  public static let insertAndNotify = Statement(
    "bare_insert_notify",
    """
    WITH made AS MATERIALIZED (SELECT swell.new_run_id() AS id), run AS (
      INSERT INTO bare.run (run_id, workflow, version, queue, priority, state, input, created_at)
      SELECT id, 'bench', 1, 'default', 0, 'live', $1::jsonb, clock_timestamp() FROM made
    ), ready AS (
      INSERT INTO bare.ready (run_id, lane, priority, scheduled_at)
      SELECT id, 2, 0, clock_timestamp() FROM made
    )
    SELECT pg_notify('bare_ready', '')
    """)

  public static let claimNewest = Statement(
    "bare_claim_newest",
    """
    UPDATE bare.ready AS r
    SET claimed_by = r.run_id, recorder = 0, claimed_at = clock_timestamp(), claim_token = 1
    WHERE r.run_id = (
      SELECT o.run_id FROM bare.ready AS o
      WHERE o.lane = 2 AND o.priority = 0 AND o.scheduled_at > clock_timestamp() - interval '1 second'
        AND o.claimed_by IS NULL
      ORDER BY o.scheduled_at LIMIT 1 FOR UPDATE SKIP LOCKED)
    """)

  /// $1 runs with the input $2, as `enqueue_many` makes them.
  public static let fill = Statement(
    "bench_fill",
    """
    SELECT count(*) FROM swell.enqueue_many('bench', array_fill($2::jsonb, ARRAY[$1::integer]))
    """)

  public static let fillBare = Statement(
    "bench_fill_bare",
    """
    WITH made AS MATERIALIZED (
      SELECT i, swell.new_run_id() AS id FROM generate_series(0, $1::integer - 1) AS i
    ), runs AS (
      INSERT INTO bare.run (run_id, workflow, version, queue, priority, state, input, created_at)
      SELECT id, 'bench', 1, 'default', 0, 'live', $2::jsonb, clock_timestamp() FROM made
    ), readies AS (
      INSERT INTO bare.ready (run_id, lane, priority, scheduled_at)
      SELECT id, 2, 0, clock_timestamp() FROM made
    )
    INSERT INTO bare.batch (batch, ids)
    SELECT i / $3::integer, array_agg(id) FROM made GROUP BY 1
    """)

  public static let claim = Statement(
    "bare_claim",
    """
    UPDATE bare.ready AS r
    SET claimed_by = r.run_id, recorder = 0, claimed_at = clock_timestamp(), claim_token = 1
    FROM bare.batch AS b
    WHERE b.batch = $1::integer AND r.run_id = ANY (b.ids)
    """)

  public static let insert = Statement(
    "bare_insert",
    """
    INSERT INTO bare.node (run_id, node_id, wave, state, attempt, output, started_at, finished_at, worker, claim_token)
    SELECT id, 'n' || n, $4::integer, 'succeeded', 1, $5::jsonb, clock_timestamp(), clock_timestamp(), id, 1
    FROM bare.batch AS b, unnest(b.ids) AS id, generate_series($2::integer, $3::integer) AS n
    WHERE b.batch = $1::integer
    """)

  public static let goOn = Statement(
    "bare_go_on",
    """
    UPDATE bare.ready AS r
    SET wave = r.wave + 1, claimed_at = clock_timestamp()
    FROM bare.batch AS b
    WHERE b.batch = $1::integer AND r.run_id = ANY (b.ids)
    """)

  public static let delete = Statement(
    "bare_delete",
    "DELETE FROM bare.ready AS r USING bare.batch AS b WHERE b.batch = $1::integer AND r.run_id = ANY (b.ids)"
  )

  public static let end = Statement(
    "bare_end",
    """
    UPDATE bare.run AS r
    SET state = 'succeeded', finished_at = clock_timestamp(), output = r.input
    FROM bare.batch AS b
    WHERE b.batch = $1::integer AND r.run_id = ANY (b.ids)
    """)

  public static func enqueue(_ input: String) -> Call {
    call("bench_enqueue", "SELECT swell.enqueue('bench', $1::jsonb)", input)
  }

  public static func insertOne(_ input: String) -> Call {
    call(
      "bare_enqueue",
      """
      WITH made AS MATERIALIZED (SELECT swell.new_run_id() AS id), run AS (
        INSERT INTO swell.run (run_id, workflow, version, queue, priority, state, input, created_at)
        SELECT id, 'bench', 1, 'default', 0, 'live', $1::jsonb, clock_timestamp() FROM made
      )
      INSERT INTO swell.ready (run_id, lane, priority, scheduled_at)
      SELECT id, 2, 0, clock_timestamp() FROM made
      RETURNING run_id
      """, input)
  }

  public static func enqueueThousand(_ input: String) -> Call {
    call(
      "bench_enqueue_many",
      "SELECT count(*) FROM swell.enqueue_many('bench', array_fill($1::jsonb, ARRAY[1000]))",
      input)
  }

  public static func insertThousand(_ input: String) -> Call {
    call(
      "bare_enqueue_many",
      """
      WITH made AS MATERIALIZED (SELECT swell.new_run_id() AS id FROM generate_series(1, 1000)), run AS (
        INSERT INTO swell.run (run_id, workflow, version, queue, priority, state, input, created_at)
        SELECT id, 'bench', 1, 'default', 0, 'live', $1::jsonb, clock_timestamp() FROM made
      )
      INSERT INTO swell.ready (run_id, lane, priority, scheduled_at)
      SELECT id, 2, 0, clock_timestamp() FROM made
      """, input)
  }

  private static func call(_ name: String, _ sql: String, _ input: String) -> Call {
    var p = Parameters()
    p.append(json: Array(input.utf8))
    return Call(Statement(name, sql), p)
  }
}
