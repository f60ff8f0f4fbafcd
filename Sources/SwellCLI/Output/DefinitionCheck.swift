import SwellModel

/// Reads definition files and tells of every problem of every file.
enum DefinitionCheck {
  /// The good definitions in the order of the files, or nil after telling what is wrong.
  static func read(_ files: [String], isJSON: Bool) -> [(
    file: String, definition: WorkflowDefinition
  )]? {
    var good: [(file: String, definition: WorkflowDefinition)] = []
    for file in files {
      do {
        good.append((file: file, definition: try DefinitionFile.read(file)))
      } catch let found as DefinitionProblems {
        tell(file, found, isJSON: isJSON)
      } catch {
        tell(file, CommandFailure(describing: error), isJSON: isJSON)
      }
    }
    return good.count == files.count ? good : nil
  }

  static func tell(_ file: String, _ found: DefinitionProblems, isJSON: Bool) {
    guard isJSON else { return Terminal.note(found.description) }
    print(
      file,
      found.problems.map { problem in
        var fields = JSONFields()
        fields.add("code", problem.code)
        fields.add("message", problem.message)
        fields.add("path", problem.path)
        fields.add("line", problem.line)
        fields.add("column", problem.column)
        fields.add("suggestion", problem.suggestion)
        return fields.value
      })
  }

  private static func tell(_ file: String, _ failure: CommandFailure?, isJSON: Bool) {
    guard let failure else { return }
    guard isJSON else { return Terminal.note("\(file): \(failure.message) [\(failure.code)]") }
    var fields = JSONFields()
    fields.add("code", failure.code)
    fields.add("message", failure.message)
    print(file, [fields.value])
  }

  private static func print(_ file: String, _ problems: [JSONValue]) {
    var fields = JSONFields()
    fields.add("file", file)
    fields.add("workflow", String?.none)
    fields.add("problems", JSONValue.array(problems))
    fields.print()
  }
}
