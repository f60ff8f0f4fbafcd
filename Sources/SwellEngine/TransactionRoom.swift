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

  private let lines = Mutex<[LineKey: Line]>([:])

  /// A run as it is held: what was held of it before has a line of its own.
  private struct LineKey: Hashable {
    var run: PostgresUUID
    var hold: Int
  }

  /// Attempts of one run that want its transaction.
  private struct Line {
    let permits = Permits(1)
    var attempts = 0
    /// The one that is at it.
    var first: ObjectIdentifier?
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
  func inLine<R: Sendable>(
    _ run: PostgresUUID, _ handle: AttemptHandle, _ body: () async -> R
  ) async -> R? {
    let key = LineKey(run: run, hold: handle.hold)
    let permits = lines.withLock { lines in
      lines[key, default: Line()].attempts += 1
      return lines[key]?.permits
    }
    defer {
      lines.withLock { lines in
        lines[key]?.attempts -= 1
        if lines[key]?.attempts == 0 { lines[key] = nil }
      }
    }
    guard let permits, await permits.acquire() else { return nil }
    lines.withLock { $0[key]?.first = ObjectIdentifier(handle) }
    defer { leaveLine(run, handle) }
    return await body()
  }

  /// Lets the next one of the run go on, if this attempt is first: it has ended, or is given up.
  func leaveLine(_ run: PostgresUUID, _ handle: AttemptHandle) {
    let key = LineKey(run: run, hold: handle.hold)
    let permits = lines.withLock { lines -> Permits? in
      guard lines[key]?.first == ObjectIdentifier(handle) else { return nil }
      lines[key]?.first = nil
      return lines[key]?.permits
    }
    permits?.release()
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
