/// What `with` of a `cel` node may hold.
enum CELKind {
  @Sendable static func check(_ with: LocatedObject) -> [DefinitionProblem] {
    var report = DefinitionReport()
    report.takesTemplates = true
    report.checkKeys(of: with, known: ["value"], path: "", owner: "cel")
    if with["value"] == nil {
      report.add(
        "missing_key", "cel needs 'value', such as ${{ nodes.order.total * 2 }}", path: "value",
        at: with.place)
    }
    return report.problems
  }
}
