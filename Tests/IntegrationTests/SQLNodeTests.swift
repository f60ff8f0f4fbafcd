import Foundation
import Swell
import SwellTesting
import Testing

/// Statements of nodes: what goes in, what comes out, what fails and what is left of it.
@Suite(.serialized) struct SQLNodeTests {
  /// Runs one workflow to its end, after a script has made its tables.
  static func run(
    _ workflow: String, input: String = "{}", tables: String = "SELECT 1",
    variables environment: [String: String] = [:]
  ) async throws -> (stage: Stage, run: String, worker: WorkerProcess) {
    let stage = try await Stage()
    try await stage.database.query(tables)
    try await stage.database.apply(workflow)
    let run = try await stage.enqueue("w", 1, input: input.replacing("'", with: "''"))[0]
    let worker = try stage.worker(environment)
    #expect(try await stage.allEnded(), "\(worker.log)")
    return (stage, run, worker)
  }

  @Test func `values of every sort come back as JSON`() async throws {
    let (stage, run, worker) = try await Self.run(
      #"""
      workflow: w
      nodes:
        scalars:
          source: sql
          with:
            result: row
            query: |
              SELECT true AS yes, 42::int2 AS small, -7 AS whole, 9007199254740993::bigint AS large,
                1.50::numeric AS money, 0.1::float8 AS tenth, 'NaN'::float8 AS nan, NULL::int AS nothing,
                'é"\'::text AS words, 'a'::"char" AS letter, '{"k": [1]}'::jsonb AS doc, '"x"'::json AS text_doc,
                '2026-01-31 09:00:00+00'::timestamptz AT TIME ZONE 'UTC' AS plain_time, date '2026-01-31' AS day,
                '\x00ff10'::bytea AS bytes, '0190c0de-0000-7000-8000-000000000001'::uuid AS id,
                interval '1 day' AS span, '{}'::jsonb IS NULL AS no
        lists:
          source: sql
          with:
            result: row
            query: |
              SELECT ARRAY[1, NULL, 3] AS numbers, ARRAY[[1, 2], [3, 4]] AS grid, ARRAY['a,b', 'c"d', '\', 'NULL', ''] AS words,
                '[0:1]={7,8}'::int[] AS moved, '{}'::text[] AS empty, ARRAY['{"a": "b"}'::jsonb] AS docs,
                ARRAY['happy'::mood, 'sad'] AS moods, 5::amount AS amount, ARRAY[true, false] AS flags,
                ARRAY[box '((1,1),(0,0))', box '((2,2),(0,0))'] AS boxes, ARRAY['2026-01-31'::timestamp] AS times
        zone:
          source: sql
          with:
            result: value
            query: SELECT set_config('TimeZone', 'Asia/Kolkata', true) IS NOT NULL AND extract(timezone FROM timestamptz '2026-01-31') <> 0
        stamps:
          source: sql
          with: {result: value, query: "SELECT ARRAY['2026-01-31 09:00:00+00'::timestamptz, 'infinity']"}
        nothing: {source: sql, with: {query: SELECT 1 AS a WHERE false}}
        no_row: {source: sql, with: {query: SELECT 1 AS a WHERE false, result: row}}
        no_value: {source: sql, with: {query: SELECT 1 WHERE false, result: value}}
        counted: {source: sql, with: {query: "SELECT FROM generate_series(1, 5)", result: count}}
        listed: {source: sql, with: {query: "SELECT i FROM generate_series(1, 3) AS i ORDER BY i DESC"}}
      """#,
      tables: "CREATE TYPE mood AS ENUM ('happy', 'sad'); CREATE DOMAIN amount AS numeric")
    func expect(_ node: String, _ output: String) async throws {
      let same = try await stage.node(run, node, "output = $x$\(output)$x$::jsonb")
      let got = try await stage.node(run, node, "COALESCE(output, error)") ?? "nothing"
      #expect(same == "t", "\(node): \(got)")
    }
    try await expect(
      "scalars",
      #"""
      {"yes": true, "small": 42, "whole": -7, "large": 9007199254740993, "money": 1.50, "tenth": 0.1, "nan": "NaN",
       "nothing": null, "words": "é\"\\", "letter": "a", "doc": {"k": [1]}, "text_doc": "x",
       "plain_time": "2026-01-31T09:00:00", "day": "2026-01-31", "bytes": "AP8Q",
       "id": "0190c0de-0000-7000-8000-000000000001", "span": "1 day", "no": false}
      """#)
    try await expect(
      "lists",
      #"""
      {"numbers": [1, null, 3], "grid": [[1, 2], [3, 4]], "words": ["a,b", "c\"d", "\\", "NULL", ""], "moved": [7, 8],
       "empty": [], "docs": [{"a": "b"}], "moods": ["happy", "sad"], "amount": 5, "flags": [true, false],
       "boxes": ["(1,1),(0,0)", "(2,2),(0,0)"], "times": ["2026-01-31T00:00:00"]}
      """#)
    try await expect("nothing", "[]")
    try await expect("no_row", "null")
    try await expect("no_value", "null")
    try await expect("counted", "5")
    try await expect("listed", #"[{"i": 3}, {"i": 2}, {"i": 1}]"#)
    // jsonb writes moments in the same way, which includes the zone of the server.
    #expect(
      try await stage.database.scalar(
        """
        SELECT output = to_jsonb(ARRAY['2026-01-31 09:00:00+00'::timestamptz, 'infinity'])
        FROM swell.node WHERE node_id = 'stamps'
        """) == "t")
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `parameters fit the types that the statement asks for`() async throws {
    let (stage, run, worker) = try await Self.run(
      #"""
      workflow: w
      nodes:
        typed:
          source: sql
          with:
            result: row
            query: |
              SELECT $1::int + 1 AS a, $2::text AS b, $3::jsonb AS c, $4::int[] AS d, $5::text[] AS e, $6::bool AS f,
                $7::numeric AS g, $8::timestamptz IS NOT NULL AS h, $9::bytea AS i, $10::jsonb[] AS j, $11::int IS NULL AS k,
                $12::int AS l, $13::jsonb AS m, 'Robert''); DROP TABLE students;--' = $14 AS n, $15::mood[] AS o, $16::int[][] AS p
            parameters:
              - "${{ input.n }}"
              - "${{ input.name }}"
              - "${{ input }}"
              - [1, null, 3]
              - ["a,b", "c\"d\\", null]
              - true
              - 1.25
              - "2026-01-31T09:00:00Z"
              - "AP8Q"
              - [{"x": "y"}, [1]]
              - null
              - "${{ double(input.n) * 2.0 }}"
              - plain
              - "Robert'); DROP TABLE students;--"
              - [sad, happy]
              - [[1, 2], [3, 4]]
        as_input: {source: sql, with: {query: "SELECT ($1->>'n')::int AS n, $1->'list' AS list", result: row}}
        recordset:
          source: sql
          with:
            query: SELECT * FROM jsonb_to_recordset($1->'list') AS x(a int, b text) ORDER BY a
        unused: {source: sql, with: {query: SELECT 1, result: value}}
        listed: {source: sql, with: {query: "SELECT $1::int + $2::int", parameters: "${{ input.two }}", result: value}}
        any: {source: sql, with: {query: "SELECT count(*) FROM student WHERE id = ANY ($1)", parameters: ["${{ input.two }}"], result: value}}
      """#,
      input:
        #"{"n": 41, "name": "x'; --", "list": [{"a": 2, "b": "two"}, {"a": 1, "b": "one"}], "two": [1, 3]}"#,
      tables:
        "CREATE TYPE mood AS ENUM ('happy', 'sad'); CREATE TABLE student (id int); INSERT INTO student VALUES (1), (2), (3)"
    )
    func output(_ node: String) async throws -> String? {
      try await stage.node(run, node, "COALESCE(output, error)")
    }
    let typed = try await stage.node(
      run, "typed",
      #"""
      output - 'c' = '{"a": 42, "b": "x''; --", "d": [1, null, 3], "e": ["a,b", "c\"d\\", null], "f": true, "g": 1.25,
        "h": true, "i": "AP8Q", "j": [{"x": "y"}, [1]], "k": true, "l": 82, "m": "plain", "n": true, "o": ["sad", "happy"], "p": [[1, 2], [3, 4]]}'::jsonb
        AND output -> 'c' ->> 'n' = '41'
      """#)
    let got = try await output("typed") ?? ""
    #expect(typed == "t", "\(got)")
    #expect(
      try await output("as_input")
        == #"{"n": 41, "list": [{"a": 2, "b": "two"}, {"a": 1, "b": "one"}]}"#)
    #expect(try await output("recordset") == #"[{"a": 1, "b": "one"}, {"a": 2, "b": "two"}]"#)
    #expect(try await output("unused") == "1")
    #expect(try await output("listed") == "4")
    #expect(try await output("any") == "2")
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `a sink writes, one row or many, and a source cannot`() async throws {
    let (stage, run, worker) = try await Self.run(
      #"""
      workflow: w
      defaults: {retry: none}
      nodes:
        one: {sink: sql, with: {query: "INSERT INTO line VALUES ($1, $2) RETURNING id", parameters: [1, one], result: value}}
        many:
          needs: one
          sink: sql
          with:
            query: INSERT INTO line VALUES ($1, $2) RETURNING id
            rows: "${{ lists.range(500).map(i, [i + 10, 'row ' + string(i)]) }}"
            result: count
        single: {needs: many, sink: sql, with: {query: "INSERT INTO line VALUES ($1, 'x') RETURNING id", rows: [2001, 2002]}}
        none: {needs: single, sink: sql, with: {query: "INSERT INTO line VALUES ($1, 'x')", rows: []}}
        list:
          needs: none
          sink: sql
          with:
            query: INSERT INTO line SELECT id, name FROM jsonb_to_recordset($1) AS x(id int, name text)
            parameters: ["${{ [{'id': 3001, 'name': 'a'}, {'id': 3002, 'name': 'b'}] }}"]
            result: count
        all_or_none:
          needs: list
          optional: true
          sink: sql
          with: {query: "INSERT INTO line VALUES ($1, 'x')", rows: [4001, 4002, 1]}
        too_many_to_take:
          needs: list
          optional: true
          sink: sql
          with: {query: "INSERT INTO line SELECT i, 'x' FROM generate_series(5001, 5100) AS i RETURNING id", maxRows: 99}
        two_rows:
          needs: list
          optional: true
          sink: sql
          with: {query: "INSERT INTO line VALUES (6001, 'x'), (6002, 'x') RETURNING id", result: value}
        too_large:
          needs: list
          optional: true
          sink: sql
          with: {query: "INSERT INTO line VALUES (7001, 'x') RETURNING repeat('y', 1500000) AS y", result: value}
        reader:
          needs: list
          optional: true
          source: sql
          with: {query: "WITH x AS (INSERT INTO line VALUES (8001, 'x') RETURNING id) SELECT * FROM x"}
        caller: {needs: list, optional: true, sink: sql, with: {query: CALL ends_it(), result: count}}
        doer: {needs: list, optional: true, sink: sql, with: {query: "DO $$ BEGIN INSERT INTO line VALUES (9001, 'x'); COMMIT; END $$"}}
      """#,
      tables: """
        CREATE TABLE line (id int CONSTRAINT line_pkey PRIMARY KEY, name text NOT NULL);
        CREATE PROCEDURE ends_it() LANGUAGE plpgsql AS 'BEGIN INSERT INTO line VALUES (9002, ''x''); COMMIT; END'
        """)
    func error(_ node: String) async throws -> String? {
      try await stage.node(run, node, "concat_ws(' ', error ->> 'kind', error ->> 'code')")
    }
    func output(_ node: String) async throws -> String? {
      try await stage.node(run, node, "COALESCE(output, error)")
    }
    #expect(try await output("one") == "1")
    #expect(try await output("many") == "500")
    #expect(try await output("single") == #"[{"id": 2001}, {"id": 2002}]"#)
    #expect(try await output("none") == "[]")
    #expect(try await output("list") == "2")
    #expect(try await error("all_or_none") == "validation sqlstate_23505")
    let context = "error -> 'context' -> 'metadata'"
    #expect(try await stage.node(run, "all_or_none", "\(context) ->> 'constraint'") == "line_pkey")
    #expect(
      try await stage.node(run, "all_or_none", "\(context) ->> 'detail'")?.contains("(id)=(1)")
        == true)
    #expect(try await error("too_many_to_take") == "tooLarge too_many_rows")
    #expect(try await error("two_rows") == "validation several_rows")
    let large = try await error("too_large")
    #expect(large == "tooLarge output_too_large")
    #expect(try await error("reader") == "definition source_writes")
    #expect(try await error("caller") == "definition sqlstate_2D000")
    #expect(try await error("doer") == "definition sqlstate_2D000")
    #expect(
      try await stage.database.scalar("SELECT count(*) FROM line WHERE id NOT BETWEEN 10 AND 509")
        == "5")
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `what fails says why, and whether it is tried again`() async throws {
    let (stage, run, worker) = try await Self.run(
      #"""
      workflow: w
      defaults: {retry: {strategy: fixed, delay: 10ms, maxRetries: 1}}
      nodes:
        missing: {source: sql, optional: true, with: {query: SELECT * FROM nowhere}}
        syntax: {source: sql, optional: true, with: {query: SELEC 1}}
        division: {source: sql, optional: true, with: {query: SELECT 1 / 0}}
        raised: {sink: sql, optional: true, with: {query: "DO $$ BEGIN RAISE EXCEPTION 'no money' USING DETAIL = 'none at all'; END $$"}}
        conflict: {sink: sql, optional: true, with: {query: "DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$"}}
        full: {sink: sql, optional: true, with: {query: "DO $$ BEGIN RAISE EXCEPTION 'full' USING ERRCODE = '53100'; END $$"}}
        slow: {source: sql, optional: true, timeout: 300ms, retry: none, with: {query: SELECT pg_sleep(20)}}
        cancelled: {source: sql, optional: true, retry: none, with: {query: SELECT pg_cancel_backend(pg_backend_pid())}}
        terminated: {source: sql, optional: true, retry: none, with: {query: SELECT pg_terminate_backend(pg_backend_pid())}}
        twice: {source: sql, optional: true, with: {query: "SELECT 1 AS a, 2 AS a"}}
        columns: {source: sql, optional: true, with: {query: "SELECT 1, 2", result: value}}
        no_columns: {sink: sql, optional: true, with: {query: "CREATE TABLE made (a int)", result: row}}
        nul: {source: sql, optional: true, with: {query: "SELECT $1::text", parameters: ["${{ input.nul }}"]}}
        count: {source: sql, optional: true, with: {query: "SELECT $1::int AS a, $2::int AS b", parameters: "${{ input.list }}"}}
        not_a_list: {source: sql, optional: true, with: {query: "SELECT $1::int", parameters: "${{ input.text }}"}}
        base64: {source: sql, optional: true, with: {query: "SELECT $1::bytea", parameters: ["?"]}}
        unknown: {source: sql, optional: true, with: {query: SELECT 1, connection: nobodys}}
        unreachable: {source: sql, optional: true, retry: none, with: {query: SELECT 1, connection: away}}
      """#,
      input: #"{"nul": "a", "list": [1], "text": "x"}"#,
      variables: ["SWELL_TEST_CONNECTION": "away=host=/nowhere"])
    func error(_ node: String) async throws -> String? {
      try await stage.node(
        run, node, "concat_ws(' ', error ->> 'kind', error ->> 'code', attempt)")
    }
    #expect(try await error("missing") == "validation sqlstate_42P01 1")
    #expect(try await error("syntax") == "validation sqlstate_42601 1")
    #expect(try await error("division") == "validation sqlstate_22012 1")
    #expect(try await error("raised") == "validation sqlstate_P0001 1")
    #expect(
      try await stage.node(run, "raised", "error -> 'context' -> 'metadata' ->> 'detail'")
        == "none at all")
    #expect(try await error("conflict") == "execution sqlstate_40001 2")
    #expect(try await error("full") == "execution sqlstate_53100 2")
    #expect(try await error("slow")?.hasPrefix("timeout ") == true)
    #expect(try await error("cancelled") == "execution sqlstate_57014 1")
    #expect(try await error("terminated")?.hasPrefix("transport ") == true)
    #expect(try await error("twice") == "definition duplicate_column 1")
    #expect(try await error("columns") == "definition not_one_column 1")
    #expect(try await error("no_columns") == "definition no_columns 1")
    #expect(try await stage.database.scalar("SELECT to_regclass('made') IS NULL") == "t")
    #expect(try await error("count") == "validation parameter_count 1")
    #expect(try await error("not_a_list") == "validation parameters_not_list 1")
    #expect(try await error("base64") == "validation parameter_not_base64 1")
    #expect(try await error("unknown") == "other unknown_connection 1")
    #expect(
      try await stage.node(run, "unknown", "error ->> 'message'")?.contains(
        "--connection nobodys=URL") == true)
    #expect(try await error("unreachable") == "transport connect_failed 1")
    // What was given up was given up on the server as well.
    #expect(
      try await stage.database.eventually(
        "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE query LIKE '%pg_sleep(20)%' AND pid <> pg_backend_pid())"
      ))
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `a named connection is another database, and secrets stay out of errors`() async throws
  {
    let other = try await TestDatabase.make(migrated: false)
    try await other.query("CREATE TABLE report (id int PRIMARY KEY, body text)")
    let (stage, run, worker) = try await Self.run(
      #"""
      workflow: w
      nodes:
        write: {sink: sql, with: {query: "INSERT INTO report VALUES (7, $1)", parameters: ["${{ secrets.KEY }}"], connection: reports, result: count}}
        read: {needs: write, source: sql, with: {query: SELECT id FROM report, connection: reports, result: value}}
        leak: {needs: write, source: sql, optional: true, with: {query: "SELECT $1::int", parameters: ["${{ secrets.KEY }}"], connection: reports}}
      """#,
      variables: [
        "SWELL_TEST_CONNECTION": "reports=\(other.url)", "SWELL_SECRET_KEY": "open sesame",
      ])
    #expect(try await stage.run(run, "state") == "succeeded", "\(worker.log)")
    #expect(try await stage.node(run, "read", "output") == "7")
    #expect(try await other.scalar("SELECT body FROM report") == "open sesame")
    let message = try await stage.node(run, "leak", "error ->> 'message'") ?? ""
    #expect(message.contains("***") && !message.contains("sesame"))
    await other.connection.close()
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `a run that ends stops the statement on the server`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(
      "workflow: w\nnodes: {a: {sink: sql, timeout: 1m, with: {query: SELECT pg_sleep(50)}}}")
    let worker = try stage.worker()
    let run = try await stage.enqueue("w")[0]
    let sleeping = """
      SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(50)%' AND state = 'active'
        AND pid <> pg_backend_pid()
      """
    #expect(try await stage.database.eventually("SELECT (\(sleeping)) = 1"))
    try await stage.database.query("SELECT swell.cancel('\(run)', 'enough')")
    #expect(try await stage.allEnded(within: .seconds(5)))
    #expect(try await stage.run(run, "state") == "cancelled")
    #expect(try await stage.database.eventually("SELECT (\(sleeping)) = 0", within: .seconds(5)))
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `statements wait for their turn outside their own time`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(
      "workflow: w\nnodes: {a: {source: sql, timeout: 2s, retry: none, with: {query: SELECT pg_sleep(0.3)}}}"
    )
    try await stage.enqueue("w", 100)
    // A hundred of them take three seconds, ten at a time.
    let worker = try stage.worker()
    #expect(try await stage.allEnded())
    #expect(try await stage.states() == ["succeeded": 100])
    #expect(
      try await stage.database.scalar(
        "SELECT count(*) < 30 FROM pg_stat_activity WHERE datname = current_database()") == "t")
    #expect(try await stage.end([worker]).isEmpty)
  }
}
