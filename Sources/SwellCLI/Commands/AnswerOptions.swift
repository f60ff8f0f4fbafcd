import ArgumentParser
import SwellStore

/// What `approve` and `reject` have in common.
struct AnswerOptions: ParsableArguments {
  @Argument(help: "The run.")
  var runID: RunID

  @Argument(help: "The node that asks.")
  var node: String

  @Option(help: "Why; kept with the answer.")
  var comment: String?

  @OptionGroup var database: DatabaseOptions
  @OptionGroup var output: OutputOptions

  func answer(_ isYes: Bool) async throws {
    let (id, node, comment) = (runID.uuid, node, comment)
    try await database.withConnection { connection in
      try await OperatorCall.answer(
        id, node: node, isYes: isYes, comment: comment, over: connection,
        within: DatabaseOptions.limit)
    }
    guard output.isJSON else {
      return Terminal.line("\(isYes ? "approved" : "rejected") \(node) of \(id)")
    }
    var fields = JSONFields()
    fields.add("run_id", id)
    fields.add("node", node)
    fields.add("approved", isYes)
    fields.print()
  }
}
