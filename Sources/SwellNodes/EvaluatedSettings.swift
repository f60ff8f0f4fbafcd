import SwellModel

/// What is under `with` of a node whose expressions have been evaluated.
///
/// What a definition says was checked when it was applied; what its expressions gave is checked here.
enum EvaluatedSettings {
  /// The settings, when they are what the kind takes.
  ///
  /// - Parameter adapting: makes of them what is checked.
  /// - Throws: a `validation` error, code `invalid_setting` or the problem's own for a path.
  static func read(
    _ with: Payload?, kind: String, role: Node.Role,
    adapting: (JSONValue) throws(NodeError) -> JSONValue = { $0 }
  ) throws(NodeError) -> JSONValue {
    let settings = try adapting(with.flatMap { try? JSONValue.parse($0) } ?? .object([]))
    guard
      let problem = KindCatalog.standard.problems(ofEvaluated: settings, kind: kind, in: role).first
    else { return settings }
    throw NodeError(
      .validation, "the settings of this node: \(problem.message)",
      code: ["invalid_path", "path_outside_root"].contains(problem.code)
        ? problem.code : "invalid_setting")
  }

  /// A value where a text is asked for: what numbers and truth values are as text.
  ///
  /// - Throws: `invalid_setting` for null, lists and objects: none of them is an empty text, and leaving
  ///   one out would move what comes after it.
  static func word(_ value: JSONValue, path: String) throws(NodeError) -> JSONValue {
    switch value {
    case .string: return value
    case .null, .array, .object:
      throw NodeError(
        .validation,
        "the settings of this node: \(path) must be a text, a number or a truth value",
        code: "invalid_setting")
    default: return .string(value.canonical.payload.text)
    }
  }
}
