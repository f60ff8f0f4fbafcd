/// The input of a run of `folder_report`.
struct DemoInput: Codable, Sendable, Hashable {
  var folder: String
  /// Where each execution of a step leaves a line, so that the demo can count them.
  var ledger: String
}
