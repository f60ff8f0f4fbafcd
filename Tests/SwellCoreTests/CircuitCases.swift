/// When a circuit opens and closes: one table for `CircuitRule` and for `swell.count_circuit`.
///
/// Times are whole seconds. A state with no failures is the same as no row.
struct CircuitCase: Sendable, CustomStringConvertible {
  struct State: Sendable, Hashable {
    var failures = 0
    var openedAt: Int?
    var openUntil: Int?
  }

  var description: String
  var before = State()
  /// Retryable failures since the last success of the batch.
  var failures: Int
  var succeeded: Bool
  var now: Int
  var after: State

  static let all: [CircuitCase] = [
    .init(
      description: "nothing seen changes nothing", before: .init(failures: 3), failures: 0,
      succeeded: false, now: 10, after: .init(failures: 3)),
    .init(
      description: "nothing seen leaves an open circuit open",
      before: .init(failures: 5, openedAt: 5, openUntil: 35), failures: 0, succeeded: false,
      now: 10, after: .init(failures: 5, openedAt: 5, openUntil: 35)),
    .init(
      description: "the first failure counts", failures: 1, succeeded: false, now: 10,
      after: .init(failures: 1)),
    .init(
      description: "failures add up", before: .init(failures: 2), failures: 2, succeeded: false,
      now: 10, after: .init(failures: 4)),
    .init(
      description: "the fifth failure opens", before: .init(failures: 4), failures: 1,
      succeeded: false, now: 10, after: .init(failures: 5, openedAt: 10, openUntil: 40)),
    .init(
      description: "five at once open", failures: 5, succeeded: false, now: 10,
      after: .init(failures: 5, openedAt: 10, openUntil: 40)),
    .init(
      description: "a success resets", before: .init(failures: 4), failures: 0, succeeded: true,
      now: 10, after: .init()),
    .init(
      description: "a success of a healthy circuit says nothing", failures: 0, succeeded: true,
      now: 10, after: .init()),
    .init(
      description: "a success closes", before: .init(failures: 7, openedAt: 5, openUntil: 35),
      failures: 0, succeeded: true, now: 40, after: .init()),
    .init(
      description: "a failed probe opens again and keeps when it opened first",
      before: .init(failures: 5, openedAt: 5, openUntil: 35), failures: 1, succeeded: false,
      now: 36, after: .init(failures: 6, openedAt: 5, openUntil: 66)),
    .init(
      description: "what fails while it is open moves its end",
      before: .init(failures: 5, openedAt: 5, openUntil: 35), failures: 2, succeeded: false,
      now: 20, after: .init(failures: 7, openedAt: 5, openUntil: 50)),
    .init(
      description: "failures after a success count from it", before: .init(failures: 4),
      failures: 2, succeeded: true, now: 10, after: .init(failures: 2)),
    .init(
      description: "a success closes even if failures follow",
      before: .init(failures: 6, openedAt: 5, openUntil: 35), failures: 4, succeeded: true,
      now: 36, after: .init(failures: 4)),
    .init(
      description: "five failures after a success open anew",
      before: .init(failures: 6, openedAt: 5, openUntil: 35), failures: 5, succeeded: true,
      now: 36, after: .init(failures: 5, openedAt: 36, openUntil: 66)),
  ]
}
