import SwellModel
import SwellPostgres

/// What an attempt that wants a transaction and the recorder that holds its run share.
///
///   asked -> admitted -> (effect) -> (record, commit) -> committed
///      └──────────┴───────────┴─────────────┴──> left: there is no effect
final class TransactionTicket: Sendable {
  let run: PostgresUUID
  let token: Int64
  let hold: Int
  let node: Int
  let attempt: Int
  /// Whether the run is its own from now on; false when there is no such attempt any more.
  let turn = Answer<Bool>()

  init(run: PostgresUUID, handle: AttemptHandle, attempt: Int) {
    self.run = run
    self.token = handle.token
    self.hold = handle.hold
    self.node = handle.node
    self.attempt = attempt
  }
}
