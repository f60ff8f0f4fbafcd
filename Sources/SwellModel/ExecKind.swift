/// What `with` of an `exec` node may hold.
enum ExecKind {
  enum Result: String, CaseIterable {
    case json, text
  }

  static let settings = [
    DefinitionKey(
      "command", .list(.text, atLeast: 1),
      "the program and its arguments, a list such as [wc, -l]", isRequired: true),
    DefinitionKey(
      "environment", .dictionary(.text), "variables for the program, an object of strings"),
    DefinitionKey(
      "directory", .filledText, "the folder in which it runs (default: the worker's --root)"),
    DefinitionKey(
      "result", .choice(Result.allCases.map(\.rawValue)),
      "what it prints: json (the default) or text"),
    DefinitionKey("maxOutput", .size, "the most that it may print (default: 1MiB)"),
  ]

  @Sendable static func check(_ with: LocatedObject) -> [DefinitionProblem] {
    var report = DefinitionReport()
    if let command = with["command"], !command.isTemplate {
      if command.string != nil {
        report.add(
          "command_not_list",
          "command is a list of arguments only, never a line for a shell; write [wc, -l]",
          path: "command", at: command.place)
      } else if let program = command.array?.first, program.string == "" {
        report.add(
          "invalid_value", "the program of command must not be empty", path: "command[0]",
          at: program.place)
      }
    }
    for member in with["environment"]?.object?.members ?? []
    where member.key.isEmpty || member.key.contains("=") {
      report.add(
        "invalid_value", "'\(member.key.shortened)' cannot be the name of a variable",
        path: "environment." + member.key, at: member.keyPlace)
    }
    return report.problems
  }
}
