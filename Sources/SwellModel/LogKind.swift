/// What `with` of a `log` node may hold.
enum LogKind {
  enum Level: String, CaseIterable {
    case trace, debug, info, notice, warning, error, critical
  }

  @Sendable static func check(_ with: LocatedObject) -> [DefinitionProblem] {
    var report = DefinitionReport()
    report.takesTemplates = true
    report.checkKeys(of: with, known: ["message", "level"], path: "", owner: "log")
    if let value = with["message"] { _ = report.string(value, path: "message") }
    if let value = with["level"] { _ = report.choice(value, of: Level.self, path: "level") }
    return report.problems
  }
}
