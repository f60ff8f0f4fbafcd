import SwellCore
import SwellModel
import SwellPostgres

/// The end of one attempt, on its way from the task that executed it to the recorder.
struct Completion: Sendable {
  var run: PostgresUUID
  /// The hold of the run under which it was launched.
  var hold: Int
  var node: Int
  var attempt: Int
  var result: AttemptResult
  var started: Moment
  var finished: Moment
}
