/// What `with` of an `exec` node may hold.
enum ExecKind {
  enum Result: String, CaseIterable {
    case json, text
  }

  static let keys = ["command", "environment", "directory", "result", "maxOutput"]

  @Sendable static func check(_ with: LocatedObject) -> [DefinitionProblem] {
    var report = DefinitionReport()
    report.takesTemplates = true
    report.checkKeys(of: with, known: keys, path: "", owner: "exec")
    if let command = with["command"] {
      checkCommand(command, &report)
    } else {
      report.add(
        "missing_key", "exec needs 'command', a list such as [wc, -l]", path: "command",
        at: with.place)
    }
    if let value = with["environment"], let object = report.object(value, path: "environment") {
      for member in object.members {
        let path = "environment." + member.key
        if member.key.isEmpty || member.key.contains("=") {
          report.add(
            "invalid_value", "'\(member.key.shortened)' cannot be the name of a variable",
            path: path, at: member.keyPlace)
        }
        _ = report.string(member.value, path: path)
      }
    }
    if let value = with["directory"], report.string(value, path: "directory") == "" {
      report.add("invalid_value", "directory must not be empty", path: "directory", at: value.place)
    }
    if let value = with["result"] { _ = report.choice(value, of: Result.self, path: "result") }
    if let value = with["maxOutput"] {
      let bytes = value.int.map { Int($0) } ?? value.string.flatMap(ByteSizeText.parse)
      if (bytes ?? 0) <= 0, !value.isTemplate {
        report.add(
          "invalid_value", "maxOutput must be a size above zero: bytes, or a text such as 1MiB",
          path: "maxOutput", at: value.place)
      }
    }
    return report.problems
  }

  private static func checkCommand(_ value: LocatedValue, _ report: inout DefinitionReport) {
    if value.isTemplate { return }
    if value.string != nil {
      report.add(
        "command_not_list",
        "command is a list of arguments only, never a line for a shell; write [wc, -l]",
        path: "command", at: value.place)
      return
    }
    guard let words = value.array, !words.isEmpty else {
      report.add(
        "wrong_type", "command must be a non-empty list of strings", path: "command",
        at: value.place)
      return
    }
    for (index, word) in words.enumerated() {
      let text = report.string(word, path: "command[\(index)]")
      if index == 0, text == "" {
        report.add(
          "invalid_value", "the program of command must not be empty", path: "command[0]",
          at: word.place)
      }
    }
  }
}
