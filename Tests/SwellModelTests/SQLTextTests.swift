import SwellModel
import Testing

/// What counts as one statement, whatever stands in its strings and comments.
struct SQLTextTests {
  @Test(arguments: [
    ("SELECT 1", "SELECT", 0), ("select $1, $12;", "SELECT", 12),
    ("SELECT 1;;  -- done", "SELECT", 0),
    ("-- BEGIN; COMMIT\nINSERT INTO t VALUES ($1)", "INSERT", 1),
    ("/* a /* nested; */ ROLLBACK; */ UPDATE t SET a = ';' WHERE b = $2", "UPDATE", 2),
    ("SELECT 'it''s; $9', E'a\\'; $8', U&'\\0041;', \"a\"\"; $7\"", "SELECT", 0),
    ("SELECT $$; COMMIT $5$$, $a$ $$; $6 $a$, $1", "SELECT", 1),
    ("SELECT a$1, b$$1 FROM t", "SELECT", 0), ("(SELECT 1) UNION ALL SELECT $3", "SELECT", 3),
    ("WITH x AS (INSERT INTO t DEFAULT VALUES RETURNING *) TABLE x", "WITH", 0),
    ("DO $body$ BEGIN NULL; END $body$", "DO", 0), ("SELECT 'a' -- ;x", "SELECT", 0),
    ("SELECT 'é' AS größe", "SELECT", 0),
  ])
  func `a statement is read past its strings and comments`(
    query: String, command: String, parameters: Int
  ) throws {
    let text = try SQLText(query)
    #expect(text.command == command)
    #expect(text.parameters == parameters)
    #expect(text.refusal == nil)
  }

  @Test(arguments: [
    ("", "empty_query"), (" ; -- nothing\n/* */", "empty_query"),
    ("SELECT 1; SELECT 2", "several_statements"), ("SELECT 1;/**/'x'", "several_statements"),
    ("SELECT 'a'; COMMIT", "several_statements"),
    ("SELECT E'\\\\'; ROLLBACK", "several_statements"),
    ("SELECT '\\'; ROLLBACK", "several_statements"), ("SELECT 'a", "unterminated_query"),
    ("SELECT \"a", "unterminated_query"), ("SELECT 1 /* /* */", "unterminated_query"),
    ("SELECT $x$ $$ $", "unterminated_query"), ("SELECT E'\\", "unterminated_query"),
  ])
  func `what is not one statement is refused`(query: String, code: String) {
    #expect { try SQLText(query) } throws: { ($0 as? SQLTextProblem)?.code == code }
  }

  @Test(arguments: [
    ("begin", "transaction_control"), ("/* x */ Commit work", "transaction_control"),
    ("START TRANSACTION", "transaction_control"), ("END", "transaction_control"),
    ("rollback to a", "transaction_control"), ("ABORT", "transaction_control"),
    ("SAVEPOINT a", "transaction_control"), ("RELEASE a", "transaction_control"),
    ("PREPARE TRANSACTION 'x'", "transaction_control"),
    ("SET TRANSACTION READ ONLY", "transaction_control"), ("SET search_path = a", "session_state"),
    ("PREPARE a AS SELECT 1", "session_state"), ("LISTEN a", "session_state"),
    ("DECLARE c CURSOR FOR SELECT 1", "session_state"), ("DISCARD ALL", "session_state"),
    ("COPY t FROM STDIN", "copy_not_supported"),
  ])
  func `what ends a transaction or leaves something behind is refused`(
    query: String, code: String
  ) throws {
    #expect(try SQLText(query).refusal?.code == code)
    #expect(
      try SQLText(query).refusalInTransaction?.code == (query.hasPrefix("DECLARE") ? nil : code))
  }

  @Test func `what ends with a transaction is allowed in one`() throws {
    for query in [
      "set local lock_timeout = '1s'", "SET CONSTRAINTS ALL IMMEDIATE",
      "DECLARE c NO SCROLL CURSOR WITHOUT HOLD FOR WITH hold AS (SELECT 1) TABLE hold",
      "FETCH 10 FROM c", "MOVE c", "CLOSE c", "SELECT 1",
    ] {
      #expect(try SQLText(query).refusalInTransaction == nil, "\(query)")
    }
    let held = try SQLText("declare c cursor with /* */ hold for SELECT 1")
    #expect(held.refusalInTransaction?.code == "session_state")
    #expect(try SQLText("SET LOCAL a = 1").refusal?.code == "session_state")
    #expect(
      "\(try #require(SQLText("SET SESSION a = 1").refusalInTransaction))".contains("SET LOCAL"))
  }
}
