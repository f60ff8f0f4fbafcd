import SwellCore
import SwellModel
import SwellPostgres
import Synchronization

/// What the transactions of one recorder's attempts have in common.
final class TransactionRoom: Sendable {
  let worker: PostgresUUID
  let recorder: Int32
  let mailbox: Mailbox
  /// Connections to Swell's own database, for nodes.
  let database: PostgresPool
  let callTimeout: Duration
  let faults: (any FaultInjector)?
  private let keeper = Mutex(Keeper())

  private let lines = Mutex<[PostgresUUID: Line]>([:])

  /// Attempts of one run that want its transaction.
  private struct Line {
    let permits = Permits(1)
    var attempts = 0
  }

  private struct Keeper {
    weak var recorder: Recorder?
  }

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

  /// Says whose transactions they are.
  func belongs(to recorder: Recorder) {
    keeper.withLock { $0.recorder = recorder }
  }

  /// Executes `body` once no other attempt of the run is at it: of what all runs share, such as connections, one run has
  /// one at a time, and the rest of it holds nothing while it waits. Nil when the attempt is cancelled first.
  func inLine<R: Sendable>(of run: PostgresUUID, _ body: () async -> R) async -> R? {
    let permits = lines.withLock { lines in
      lines[run, default: Line()].attempts += 1
      return lines[run]?.permits
    }
    defer {
      lines.withLock { lines in
        lines[run]?.attempts -= 1
        if lines[run]?.attempts == 0 { lines[run] = nil }
      }
    }
    guard let permits, await permits.acquire() else { return nil }
    defer { permits.release() }
    return await body()
  }

  /// The record of a transaction that has its effect; nil when its success must not be stored.
  func record(
    of ticket: TransactionTicket, _ output: Payload, started: Moment, finished: Moment
  ) async -> Call? {
    let recorder = keeper.withLock { $0.recorder }
    return await recorder?.record(of: ticket, output, started: started, finished: finished)
  }

  func post(_ event: TransactionEvent) {
    mailbox.change { $0.transactions.append(event) }
  }
}
