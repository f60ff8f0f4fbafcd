import Foundation
import Swell
import SwellTesting
import Testing

/// `swell.enqueue` has its owner's rights and pins no `search_path`, so nothing in it may be looked up in the
/// caller's: a caller with objects of the same names would act with the owner's rights.
@Suite struct SearchPathTests {
  /// Calls that reach each line of the function; with an idle lane, so that one notifies.
  private static let calls = [
    "SELECT swell.enqueue('w', '{\"a\": 1}'::pg_catalog.jsonb)",
    "SELECT swell.enqueue('w', '1'::pg_catalog.jsonb, priority => 9)",
    "SELECT swell.enqueue('w', '1'::pg_catalog.jsonb, idempotency_key => 'k', queue => 'q', tags => '{\"a\": 1}')",
    "SELECT swell.enqueue('w', '1'::pg_catalog.jsonb, idempotency_key => 'k')",
    "SELECT swell.enqueue('w', '1'::pg_catalog.jsonb, scheduled_at => '2000-01-01 00:00:00Z', version => 1)",
  ]

  /// A schema that has something else for every function, operator and relation that a name without a schema
  /// could mean, and a table that an unqualified type would fail on. All of it raises.
  private static let trap = #"""
    SET check_function_bodies = off;
    CREATE SCHEMA trap;
    GRANT USAGE ON SCHEMA trap TO PUBLIC;
    DO $$
    DECLARE
      f record;
    BEGIN
      FOR f IN
        SELECT format('CREATE FUNCTION trap.%I(%s) RETURNS %s%s LANGUAGE plpgsql AS %L', p.proname,
          (SELECT string_agg('pg_catalog.' || quote_ident(CASE y.typname WHEN 'any' THEN 'jsonb' ELSE y.typname END), ', ' ORDER BY a.place)
           FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY AS a(type, place) JOIN pg_type AS y ON y.oid = a.type),
          CASE WHEN p.proretset THEN 'SETOF ' ELSE '' END, format_type(p.prorettype, NULL),
          'BEGIN RAISE EXCEPTION ''caught: function''; END') AS sql
        FROM pg_proc AS p
        WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind = 'f'
      LOOP
        BEGIN
          EXECUTE f.sql;
        -- Those of types that exist in C alone.
        EXCEPTION WHEN invalid_function_definition OR feature_not_supported OR duplicate_function THEN NULL;
        END;
      END LOOP;
      FOR f IN
        SELECT format('CREATE OPERATOR trap.%s (FUNCTION = trap.%I, %sRIGHTARG = pg_catalog.%I)', o.oprname, p.proname,
          CASE WHEN o.oprleft <> 0 THEN format('LEFTARG = pg_catalog.%I, ', l.typname) ELSE '' END, r.typname) AS sql
        FROM pg_operator AS o
        JOIN pg_proc AS p ON p.oid = o.oprcode
        LEFT JOIN pg_type AS l ON l.oid = o.oprleft
        JOIN pg_type AS r ON r.oid = o.oprright
        WHERE o.oprnamespace = 'pg_catalog'::regnamespace
      LOOP
        BEGIN
          EXECUTE f.sql;
        EXCEPTION WHEN undefined_function OR invalid_function_definition THEN NULL;
        END;
      END LOOP;
      FOR f IN SELECT c.relname FROM pg_class AS c WHERE c.relnamespace = 'swell'::regnamespace AND c.relkind IN ('r', 'p', 'v') LOOP
        EXECUTE format('CREATE TABLE trap.%I (caught int)', f.relname);
      END LOOP;
      FOREACH f.relname IN ARRAY '{text,uuid,timestamptz,jsonb,interval,int4,int8,bytea,float8,bool,regclass}'::text[] LOOP
        EXECUTE format('CREATE DOMAIN trap.%I AS pg_catalog.%I CHECK (false)', f.relname, f.relname);
      END LOOP;
    END $$;
    CREATE TYPE trap.record AS (caught int);
    UPDATE swell.lane SET idle_until = swell.now() + interval '1 hour';
    RESET check_function_bodies
    """#

  /// What stopped the calls of somebody who may enqueue and looks into the trap first; nil if nothing did.
  private func caught(_ database: TestDatabase) async throws -> PostgresError? {
    let caller = try await TestDatabase.open(database.url)
    var failure: PostgresError?
    do throws(PostgresError) {
      try await caller.query("SET ROLE swell_enqueuer; SET search_path = trap, pg_catalog")
      for call in Self.calls {
        try await caller.query("BEGIN")
        try await caller.query(call)
        try await caller.query("COMMIT")
      }
    } catch {
      failure = error
    }
    await caller.connection.close()
    return failure
  }

  @Test func `nothing that enqueue names can be put in its place`() async throws {
    let database = try await TestDatabase.make()
    try await database.apply("workflow: w\nnodes: {a: {handler: noop}}")
    try await database.query(Self.trap)
    // There is no other function like this one.
    let unpinned = try await database.query(
      """
      SELECT proname FROM pg_proc
      WHERE pronamespace = 'swell'::regnamespace AND prosecdef AND (array_to_string(proconfig, ',') LIKE '%search_path=%') IS NOT TRUE
      """)
    #expect(unpinned == [["enqueue"]])
    // The trap is one.
    let open = try await TestDatabase.open(database.url)
    for (sql, expected) in [
      ("SELECT octet_length('a'::pg_catalog.text)", "caught: function"),
      ("SELECT 1 <= 9", "caught: function"), ("SELECT pg_notify('a', 'b')", "caught: function"),
      ("SELECT 'a'::text", "value for domain"),
    ] {
      do throws(PostgresError) {
        try await open.query("SET search_path = trap, pg_catalog; \(sql)")
        Issue.record("nothing caught \(sql)")
      } catch {
        #expect(error.message.contains(expected))
      }
    }
    await open.connection.close()

    let failure = try await caught(database)
    #expect(failure == nil)
    #expect(try await database.scalar("SELECT count(*) FROM swell.run") == "4")

    // Each name that says where it is from has to: without that the calls are caught.
    for function in ["swell.enqueue", "swell.new_run_id"] {
      let definition = try #require(
        try await database.scalar("SELECT pg_get_functiondef('\(function)'::regproc)"))
      let parts = definition.split(separator: "$function$", omittingEmptySubsequences: false)
      try #require(parts.count == 3)
      let names = parts[1].components(separatedBy: "pg_catalog.")
      try #require(names.count > 10)
      for place in 1..<names.count {
        let body =
          names[..<place].joined(separator: "pg_catalog.")
          + names[place...].joined(separator: "pg_catalog.")
        try await database.query(
          "\(parts[0])$function$\(body)$function$; DELETE FROM swell.idempotency")
        let failure = try await caught(database)
        #expect(
          failure != nil,
          "\(function) does not need its name number \(place), before \(names[place].prefix(30))")
      }
      try await database.query(definition)
    }
    await database.connection.close()
  }
}
