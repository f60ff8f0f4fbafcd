import SwellModel
import SwellPostgres

/// What the transactions of one recorder's attempts have in common.
final class TransactionRoom: Sendable {
  let worker: PostgresUUID
  let recorder: Int32
  let mailbox: Mailbox
  /// Connections to Swell's own database, for nodes.
  let database: PostgresPool
  let callTimeout: Duration
  let faults: (any FaultInjector)?

  init(
    worker: PostgresUUID, recorder: Int, mailbox: Mailbox, database: PostgresPool,
    callTimeout: Duration, faults: (any FaultInjector)?
  ) {
    self.worker = worker
    self.recorder = Int32(recorder)
    self.mailbox = mailbox
    self.database = database
    self.callTimeout = callTimeout
    self.faults = faults
  }

  func post(_ event: TransactionEvent) {
    mailbox.change { $0.transactions.append(event) }
  }
}
