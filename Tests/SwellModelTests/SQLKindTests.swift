import SwellModel
import Testing

/// What `with` of a sql node may hold.
struct SQLKindTests {
  private static func node(
    _ role: String, _ with: String, _ expected: String...
  ) -> DefinitionProblemCase {
    var wrong = DefinitionProblemCase.node("\(role): sql\nwith: \(with)")
    wrong.expected = expected
    return wrong
  }

  @Test(
    arguments: [
      .node("source: sql", "3:3 missing_key nodes.a.with.query"),
      .node("transform: sql\nwith: {query: SELECT 1}", "4:16 wrong_role nodes.a.transform"),
      node("source", "{query: 1}", "5:19 wrong_type nodes.a.with.query"),
      node("source", "{query: ' '}", "5:19 empty_query nodes.a.with.query"),
      node(
        "source", "{query: \"SELECT ${{ input.x }}\"}",
        "5:19 expression_in_query nodes.a.with.query"),
      node("sink", "{query: 'SELECT 1; SELECT 2'}", "5:19 several_statements nodes.a.with.query"),
      node("sink", "{query: COMMIT}", "5:19 transaction_control nodes.a.with.query"),
      node("sink", "{query: SET a = 1}", "5:19 session_state nodes.a.with.query"),
      node("source", "{query: DELETE FROM t}", "5:19 source_writes nodes.a.with.query"),
      node(
        "source", "{query: SELECT 1, paramters: []}",
        "5:29 unknown_key nodes.a.with.paramters ~parameters"),
      node(
        "source", "{query: 'SELECT $1, $2', parameters: [1]}",
        "5:48 parameter_count nodes.a.with.parameters"),
      node(
        "source", "{query: SELECT 1, parameters: [1]}",
        "5:41 parameter_count nodes.a.with.parameters"),
      node("source", "{query: 'SELECT $1, $2'}", "5:19 parameter_count nodes.a.with.query"),
      node(
        "source", "{query: SELECT $1, parameters: x}", "5:42 wrong_type nodes.a.with.parameters"),
      node(
        "sink", "{query: SELECT $1, parameters: [1], rows: []}",
        "5:47 rows_and_parameters nodes.a.with.rows"),
      node("sink", "{query: SELECT $1, rows: {}}", "5:36 wrong_type nodes.a.with.rows"),
      node(
        "sink", "{query: SELECT $1, rows: [], result: row}",
        "5:48 rows_result nodes.a.with.result"),
      node(
        "source", "{query: SELECT 1, result: rws}", "5:37 invalid_value nodes.a.with.result ~rows"),
      node("source", "{query: SELECT 1, maxRows: 0}", "5:38 out_of_range nodes.a.with.maxRows"),
      node(
        "source", "{query: SELECT 1, connection: \"${{ input }}\"}",
        "5:41 expression_not_allowed nodes.a.with.connection"),
      node(
        "source", "{query: SELECT 1, connection: R-1}", "5:41 invalid_name nodes.a.with.connection"),
      node(
        "source", "{query: SELECT 1, exactlyOnce: true}",
        "5:29 exactly_once_source nodes.a.with.exactlyOnce"),
      node(
        "sink", "{query: SELECT 1, exactlyOnce: yes}", "5:42 wrong_type nodes.a.with.exactlyOnce"),
      node(
        "sink", "{query: SELECT 1, connection: reports, exactlyOnce: true}",
        "5:50 exactly_once_connection nodes.a.with.exactlyOnce"),
    ] as [DefinitionProblemCase])
  func `a wrong use is reported where it is`(wrong: DefinitionProblemCase) {
    #expect(wrong.found == wrong.expected)
  }

  @Test(
    arguments: [
      node("source", "{query: SELECT 1}"),
      node("source", "{query: 'SELECT * FROM t WHERE a = $1', parameters: [\"${{ input.a }}\"]}"),
      node("source", "{query: 'SELECT $1, $2', parameters: \"${{ input.list }}\", result: row}"),
      node(
        "sink", "{query: 'INSERT INTO t VALUES ($1, $2)', rows: \"${{ input }}\", result: count}"),
      node("sink", "{query: CALL pay($1), exactlyOnce: true}"),
      node("sink", "{query: SELECT $1, connection: reports, exactlyOnce: false, maxRows: 5}"),
    ] as [DefinitionProblemCase])
  func `a right use is none`(right: DefinitionProblemCase) {
    #expect(right.found == [])
  }
}
