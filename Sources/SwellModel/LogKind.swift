/// What `with` of a `log` node may hold.
enum LogKind {
  enum Level: String, CaseIterable {
    case trace, debug, info, notice, warning, error, critical
  }

  static let settings = [
    DefinitionKey("message", .text, "what the line says (default: log)"),
    DefinitionKey(
      "level", .choice(Level.allCases.map(\.rawValue)), "how loud it is (default: info)"),
  ]
}
