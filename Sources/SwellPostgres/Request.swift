/// What one caller wants of a session, and where it stands.
// Sendable: handed to the reactor once, and touched only on its thread from then on.
final class Request: @unchecked Sendable {
  typealias Answer = Result<[Rows], PostgresError>

  enum Work {
    case calls([Call])
    case script(String)
    /// Parses a text as the unnamed statement, and says what it takes and gives.
    case parse(String, types: [UInt32])
    /// Executes the unnamed statement, once for each set of parameters.
    case executions(Executions)
  }

  struct Executions {
    var parameters: [Parameters]
    var limit: RowLimit
    /// What is parsed first, when another statement has taken its place meanwhile.
    var text: (String, types: [UInt32])?
  }

  /// What the next result of libpq answers.
  enum Step {
    case control
    case prepare(Statement, as: String)
    case parse
    case call(Int)
  }

  let work: Work
  /// In `MonotonicTime`: when it is given up unless something of it has moved since, and when in any case.
  var deadline: UInt64
  let latest: UInt64
  /// How long it may take, and how long it may stand still, in nanoseconds.
  private let patience: UInt64
  var continuation: UnsafeContinuation<Answer, Never>?
  /// Told instead, when nobody waits yet.
  var pending: PendingAnswer?

  var steps: [Step] = []
  var position = 0
  var rows: [Rows] = []
  /// The rows of the present execution, which come one by one, and how much came so far.
  var gathered: ResultBox?
  var taken = (rows: 0, bytes: 0)
  var error: PostgresError?
  var wasSent = false
  var wasRetried = false
  var isCancelled = false
  /// Whether it is a part of a transaction that the caller begins and ends.
  let isInside: Bool

  /// - Parameter atMost: how long it may take as long as bytes move.
  init(_ work: Work, within: Duration, atMost: Duration = .zero, isInside: Bool = false) {
    self.work = work
    self.isInside = isInside
    deadline = MonotonicTime.after(within)
    latest = max(deadline, MonotonicTime.after(atMost))
    patience = UInt64(clamping: Int64(within / .nanoseconds(1)))
  }

  /// Something of it moved at that moment.
  func moved(at moment: UInt64) {
    deadline = max(deadline, min(latest, moment &+ patience))
  }

  var isScript: Bool {
    if case .script = work { true } else { false }
  }

  /// How many rows it takes at most; nil for all of them.
  var limit: RowLimit? {
    if case .executions(let executions) = work { executions.limit } else { nil }
  }

  /// Why it cannot be sent, if so.
  var refusal: PostgresError? {
    let refusals: [PostgresError?] =
      switch work {
      case .calls(let calls): calls.map { $0.parameters.refusal(for: $0.statement) }
      case .executions(let executions): executions.parameters.map(\.refusal)
      case .script, .parse: []
      }
    guard let index = refusals.firstIndex(where: { $0 != nil }) else { return nil }
    var refusal = refusals[index]
    refusal?.callIndex = index
    return refusal
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
    gathered = nil
    taken = (rows: 0, bytes: 0)
    error = nil
    wasSent = false
  }
}
