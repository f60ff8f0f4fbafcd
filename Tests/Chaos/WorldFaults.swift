import Foundation
import SwellPostgres
import SwellStore
import SwellTesting

/// A wrong clock, hostile payloads, lost notifications, a schema that moves on.
enum WorldFaults {
  static let cases = [clockAhead, clockBehind, poisonPayloads, notifyLost, noListener, migration]

  static let clockAhead = ChaosCase(
    "clock_an_hour_ahead",
    "The workers' clocks are an hour ahead of the database's: nothing starts early or late."
  ) { scene in
    try await clock(-3600, on: scene)
  }

  static let clockBehind = ChaosCase(
    "clock_an_hour_behind",
    "The workers' clocks are an hour behind the database's: nothing starts early or late.",
    isInSample: true
  ) { scene in
    try await clock(3600, on: scene)
  }

  /// Two clocks that differ are the same fault whichever of them is called wrong. It is the
  /// database's that is moved: libfaketime also moves absolute alarms of the monotonic clock, and
  /// would break the process that it is to deceive.
  private static func clock(_ seconds: Int, on scene: ChaosScene) async throws {
    scene.forbidLosses()
    try await scene.shiftClock(seconds: seconds)
    _ = try await scene.workers(2)
    let load = scene.load(perSecond: 60)
    for _ in 0..<4 {
      try await scene.enqueue("order", 10, delay: 2)
      try await scene.pass(.seconds(1))
    }
    scene.fault("clocks differ")
    try await scene.pass(.seconds(2))
    await load.stop()
    try await scene.quiet()
    scene.requireDelay(
      "late_start_max_ms", try await scene.startedLate(), below: 1000,
      "what was due later began late")
  }

  static let poisonPayloads = ChaosCase(
    "poison_payloads",
    "Inputs and outputs that PostgreSQL or Swell refuse, among good runs: only they fail.",
    isInSample: true
  ) { scene in
    scene.forbidLosses()
    _ = try await scene.workers(2)
    let load = scene.load(perSecond: 60)
    let outputs = [
      ("two_mebibytes", "tooLarge"), ("nul", "serialization"), ("surrogate", "serialization"),
      ("bad_utf8", "serialization"), ("deep", "serialization"), ("exponent", "serialization"),
      ("not_json", "serialization"),
    ]
    for (handler, _) in outputs {
      try await scene.apply(
        "workflow: w_\(handler)\nnodes: {a: {handler: \(handler), retry: {strategy: none}}}")
    }
    let inputs = [
      ("a \\u0000 in it", #"'{"text": "a\u0000b"}'"#, "22P05"),
      ("a lone surrogate", #"'{"text": "\ud800"}'"#, "22P02"),
      ("600 levels", "(repeat('[', 600) || repeat(']', 600))", "SW002"),
      ("a huge exponent", "'1e130000'", "SW002"),
      ("2 MiB", "('\"' || repeat('a', 2097152) || '\"')", "SW003"), ("no JSON", "'{oops'", "22P02"),
    ]
    for _ in 0..<4 {
      for (handler, kind) in outputs {
        try await scene.enqueue("w_\(handler)", 3, expecting: .failed(kind))
      }
      for (name, input, code) in inputs {
        var answer: String? = "taken"
        do {
          _ = try await scene.database.query("SELECT swell.enqueue('order', \(input)::text::jsonb)")
        } catch let error as PostgresError {
          answer = error.sqlState
        }
        scene.require(
          answer == code, "an input with \(name) was answered by \(answer ?? "nothing")")
      }
      scene.fault("poison in every batch")
      try await scene.pass(.milliseconds(500))
    }
    await load.stop()
  }

  static let notifyLost = ChaosCase(
    "notify_lost",
    "No lane is ever marked as idle, so no NOTIFY is sent: idle workers find work by looking.",
    isInSample: true
  ) { scene in
    try await scene.database.query(
      """
      CREATE FUNCTION witness.never_idle() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN NEW.idle_until := '-infinity'; RETURN NEW; END $$;
      CREATE TRIGGER witness_never_idle BEFORE UPDATE ON swell.lane FOR EACH ROW
      EXECUTE FUNCTION witness.never_idle()
      """)
    _ = try await scene.workers(1)
    try await oneByOne(scene)
  }

  static let noListener = ChaosCase(
    "no_listener",
    "A pooled worker listens to nothing: what comes while it idles starts all the same."
  ) { scene in
    _ = try await scene.workers(1, ["SWELL_TEST_POOLED": "1"])
    try await oneByOne(scene)
  }

  private static func oneByOne(_ scene: ChaosScene) async throws {
    scene.forbidLosses()
    var worst = 0.0
    for _ in 0..<5 {
      // Idle for as long as the pauses between its looks grow.
      try await scene.pass(.milliseconds(1500 + scene.random(in: 0..<1000)))
      let before = Date().timeIntervalSince1970
      let run = try await scene.enqueue("probe")[0]
      let came = try await scene.ledger.eventually(
        "SELECT EXISTS (SELECT FROM effect WHERE run_id = '\(run)')", within: .seconds(5))
      scene.require(came, "the run \(run) did not start within 5 s")
      worst = max(worst, (Date().timeIntervalSince1970 - before) * 1000)
    }
    scene.requireDelay(
      "pickup_max_ms", worst, below: 1500, "an idle worker took its time to find work")
  }

  /// What a later version may do to the schema: columns that may be NULL, and a second version of
  /// a function beside the first.
  private static let later = [
    ("ready", "ALTER TABLE swell.ready ADD COLUMN shard smallint;"),
    ("run", "ALTER TABLE swell.run ADD COLUMN note text;"),
    ("node", "ALTER TABLE swell.node ADD COLUMN cost integer;"),
    ("attempt", "ALTER TABLE swell.attempt ADD COLUMN cost integer;"),
    ("worker", "ALTER TABLE swell.worker ADD COLUMN zone text;"),
    (
      "heartbeat_v2",
      """
      CREATE FUNCTION swell.heartbeat_v2(
        p_worker uuid, p_state text, p_zone text, OUT known boolean, OUT signals jsonb)
      LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, swell, pg_temp
      AS $$ SELECT known, signals FROM swell.heartbeat_v1(p_worker, p_state) $$;
      """
    ),
  ]

  static let migration = ChaosCase(
    "migration_under_load",
    "A later schema is migrated to under full load; workers of this version go on, old and new ones."
  ) { scene in
    scene.forbidLosses()
    _ = try await scene.workers(2)
    let load = scene.load(perSecond: 100)
    try await scene.stored(200)
    let migrations =
      Migrations.all
      + later.enumerated().map { place, change in
        Migration(number: 9001 + place, name: change.0, up: change.1, down: "SELECT 1")
      }
    scene.fault("migrating")
    var tries = 0
    var applied: [String] = []
    var failure = "nothing"
    while applied.count < later.count, tries < 40 {
      tries += 1
      let connection = try await PostgresConnection.connect(
        PostgresConfiguration(scene.database.url), on: Reactor.shared(), within: .seconds(10))
      do {
        try await Migrator(connection, migrations: migrations).up()
      } catch {
        // A migration gives way to whoever holds a lock for long, and is tried again.
        failure = "\(error)"
      }
      await connection.close()
      let stored = try await scene.database.query(
        "SELECT name FROM swell.migration WHERE number > 9000")
      applied = stored.compactMap { $0[0] }
    }
    scene.require(applied.count == later.count, "only \(applied) went through, after \(failure)")
    scene.figure("tries", Double(tries))
    try await scene.pass(.seconds(1))
    _ = try await scene.workers(1)
    scene.fault("a worker joins on the later schema")
    try await scene.pass(.seconds(2))
    await load.stop()
  }
}
