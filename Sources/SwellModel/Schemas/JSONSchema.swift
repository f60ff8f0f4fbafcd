/// A JSON Schema of the part of version 2020-12 that Swell checks: docs/schemas.md says which.
///
/// PostgreSQL checks inputs by the same rules, in `swell.schema_problem`, and with the same words.
public struct JSONSchema: Sendable, Hashable {
  /// As it was written.
  public let source: JSONValue
  /// The whole schema first.
  let rules: [SchemaRule]

  /// How deep a value is followed; references and alternatives count as well.
  static let maxDepth = 100

  /// How many looks a check takes before it gives up: the first of these, or for a large value as many as
  /// there are pairs of a part of it and a part of the schema, but no more than the second.
  static let minLooks = 100_000
  static let maxLooks = 2_000_000

  init(source: JSONValue, rules: [SchemaRule]) {
    self.source = source
    self.rules = rules
  }

  /// Reads a schema that nobody wrote in a definition.
  ///
  /// - Throws: everything that is wrong with it; the places mean nothing.
  public init(_ json: JSONValue) throws(DefinitionProblems) {
    var report = DefinitionReport()
    let schema = SchemaReader.read(LocatedValue(json, at: .start), path: "", &report)
    guard let schema, report.problems.isEmpty else { throw DefinitionProblems(report.problems) }
    self = schema
  }

  /// Why a value does not fit, with the place in it as a JSON pointer; nil when it does.
  public func problem(in payload: Payload) throws(PayloadProblem) -> String? {
    problem(in: try ExactValue(payload))
  }

  public func problem(in value: ExactValue) -> String? {
    SchemaCheck.problem(in: value, by: self).map { text in
      text.unicodeScalars.count > 1000
        ? String(String.UnicodeScalarView(text.unicodeScalars.prefix(1000))) + "…" : text
    }
  }

  public static func == (left: JSONSchema, right: JSONSchema) -> Bool {
    left.source == right.source
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(source)
  }
}
