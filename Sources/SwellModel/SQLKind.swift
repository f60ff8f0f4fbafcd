/// What `with` of a `sql` node may hold.
public enum SQLKind {
  /// What a statement's rows become.
  public enum Result: String, CaseIterable, Sendable {
    /// All of them, as a list of objects.
    case rows
    /// The one row, or null.
    case row
    /// The one value of the one row, or null.
    case value
    /// How many rows were returned or changed.
    case count
  }

  public static let mostRows: Int64 = 100_000

  static let settings = [
    DefinitionKey(
      "query", .text, "one statement with $1, $2, … for its values", isRequired: true),
    DefinitionKey(
      "parameters", .list(.any),
      "the values of $1, $2, …, or an expression that gives a list (default: the input as $1)"),
    DefinitionKey(
      "rows", .list(.any), "executes the statement once for each element, in one transaction"),
    DefinitionKey(
      "connection", .matching("^[a-z][a-z0-9_]{0,59}$", what: "a name"),
      "a database that the worker has by that name (default: Swell's own)"),
    DefinitionKey(
      "result", .choice(Result.allCases.map(\.rawValue)), "what it gives (default: rows)"),
    DefinitionKey(
      "maxRows", .whole(1...mostRows), "one row more and the node fails (default: 10000)"),
    DefinitionKey(
      "exactlyOnce", .flag, "of a sink: effect and success are one commit (default: false)"),
  ]

  @Sendable static func check(
    _ with: LocatedObject, as role: Node.Role
  ) -> [DefinitionProblem] {
    var report = DefinitionReport()
    report.takesTemplates = true
    let text = checkQuery(with, role, &report)
    checkParameters(with, text, &report)
    checkResult(with, &report)
    checkConnection(with, &report)
    checkExactlyOnce(with, role, &report)
    return report.problems
  }

  private static func checkQuery(
    _ with: LocatedObject, _ role: Node.Role, _ report: inout DefinitionReport
  ) -> SQLText? {
    guard let value = with["query"], let query = value.string else { return nil }
    guard !value.isTemplate else {
      report.add(
        "expression_in_query",
        "query is fixed text, so that no value can become SQL (injection); write $1 and give the expression in 'parameters'",
        path: "query", at: value.place)
      return nil
    }
    do throws(SQLTextProblem) {
      let text = try SQLText(query)
      if let refusal = text.refusal { throw refusal }
      if role == .source, text.isWriting {
        report.add(
          "source_writes", "a source only reads, and \(text.command) writes; make the node a sink",
          path: "query", at: value.place)
      }
      return text
    } catch {
      report.add(error.code, "\(error)", path: "query", at: value.place)
      return nil
    }
  }

  private static func checkParameters(
    _ with: LocatedObject, _ text: SQLText?, _ report: inout DefinitionReport
  ) {
    let list = with["parameters"]
    let rows = with.member("rows")
    if list != nil, let rows {
      report.add(
        "rows_and_parameters",
        "'rows' gives the parameters of each execution; leave 'parameters' out", path: "rows",
        at: rows.keyPlace)
    }
    guard let text else { return }
    if let list, let elements = list.array, elements.count != text.parameters {
      report.add(
        "parameter_count",
        "the query takes \(text.parameters) parameters, and the list has \(elements.count)",
        path: "parameters", at: list.place)
    }
    if list == nil, rows == nil, text.parameters > 1, let query = with["query"] {
      report.add(
        "parameter_count",
        "the query takes \(text.parameters) parameters; without 'parameters' its $1 is the node's input, and there is no other",
        path: "query", at: query.place)
    }
  }

  private static func checkResult(_ with: LocatedObject, _ report: inout DefinitionReport) {
    if let value = with["result"],
      let result = report.choice(value, of: Result.self, path: "result"),
      with["rows"] != nil, result == .row || result == .value
    {
      report.add(
        "rows_result", "with 'rows' the statement is executed many times: result is rows or count",
        path: "result", at: value.place)
    }
  }

  private static func checkConnection(_ with: LocatedObject, _ report: inout DefinitionReport) {
    guard let value = with["connection"], let name = value.string else { return }
    if value.isTemplate {
      report.add(
        "expression_not_allowed",
        "connection is the name of one that workers have, and cannot be an expression",
        path: "connection", at: value.place)
    } else if !isConnectionName(name) {
      report.add(
        "invalid_name",
        "'\(name.shortened)' is not the name of a connection: a lower-case letter, then letters, digits and '_', at most 60",
        path: "connection", at: value.place)
    }
  }

  private static func checkExactlyOnce(
    _ with: LocatedObject, _ role: Node.Role, _ report: inout DefinitionReport
  ) {
    guard let member = with.member("exactlyOnce") else { return }
    guard let isWanted = member.value.bool else {
      report.add(
        "wrong_type", "exactlyOnce must be true or false, not \(member.value.description)",
        path: "exactlyOnce", at: member.value.place)
      return
    }
    guard isWanted else { return }
    if role == .source {
      report.add(
        "exactly_once_source",
        "a source has no effect that could happen twice; only a sink can be exactlyOnce",
        path: "exactlyOnce", at: member.keyPlace)
    }
    if with["connection"] != nil {
      report.add(
        "exactly_once_connection",
        "exactlyOnce holds only in Swell's own database, where effect and success are one commit; leave 'connection' out",
        path: "exactlyOnce", at: member.keyPlace)
    }
  }

  /// `[a-z][a-z0-9_]*`, at most 60 characters.
  public static func isConnectionName(_ name: String) -> Bool {
    name.wholeMatch(of: /[a-z][a-z0-9_]{0,59}/) != nil
  }
}
