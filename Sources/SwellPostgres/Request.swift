/// What one caller wants of a session, and where it stands.
// Sendable: handed to the reactor once, and touched only on its thread from then on.
final class Request: @unchecked Sendable {
  typealias Answer = Result<[Rows], PostgresError>

  enum Work {
    case calls([Call])
    case script(String)
  }

  /// What the next result of libpq answers.
  enum Step {
    case control
    case prepare(Statement, as: String)
    case call(Int)
  }

  let work: Work
  /// In `MonotonicTime`.
  let deadline: UInt64
  var continuation: UnsafeContinuation<Answer, Never>?
  /// Told instead, when nobody waits yet.
  var pending: PendingAnswer?

  var steps: [Step] = []
  var position = 0
  var rows: [Rows] = []
  var error: PostgresError?
  var wasSent = false
  var wasRetried = false
  var isCancelled = false

  init(_ work: Work, within: Duration) {
    self.work = work
    deadline = MonotonicTime.after(within)
  }

  var isScript: Bool {
    if case .script = work { true } else { false }
  }

  func answer(_ answer: Answer) {
    continuation?.resume(returning: answer)
    continuation = nil
    pending?.take(answer)
    pending = nil
  }

  /// Keeps the first error: those after it follow from it.
  func fail(_ error: PostgresError) {
    if self.error == nil { self.error = error }
  }

  /// As if it had never been sent.
  func rewind() {
    steps = []
    position = 0
    rows = []
    error = nil
    wasSent = false
  }
}
