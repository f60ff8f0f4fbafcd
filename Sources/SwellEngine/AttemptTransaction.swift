import Logging
import SwellCore
import SwellModel
import SwellPostgres
import SwellStore
import Synchronization

/// The one transaction in Swell's own database that an attempt may have: what is done in it and the success
/// of the node are one commit.
///
/// It begins when no record of its run is on its way, and until it ends the recorder sends none. It locks
/// the claim, so whoever has lost the run has no effect; and nobody can take the run while it lasts. The
/// recorder decides what the success means for the run, as it does for every other; the transaction only
/// carries that record. After a commit whose reply was lost, the database says whether it took place.
final class AttemptTransaction: Sendable {
  enum Outcome: Sendable {
    case unused
    case open
    case committed
    case undone
  }

  private let ticket: TransactionTicket
  private let room: TransactionRoom
  private let state = Mutex((outcome: Outcome.unused, isAdmitted: false))

  init(ticket: TransactionTicket, in room: TransactionRoom) {
    self.ticket = ticket
    self.room = room
  }

  var outcome: Outcome { state.withLock { $0.outcome } }

  /// How much longer than its attempt a transaction may stand idle before the server ends it; and how long
  /// it may with its record stored, which may have a circuit locked that others wait for, six seconds.
  static let patience = Duration.seconds(5)

  /// Waits until the run is this attempt's alone. False when the attempt is asked to stop first.
  func enter() async -> Bool {
    if state.withLock({ $0.isAdmitted }) { return true }
    room.post(.asked(ticket))
    guard await ticket.turn.value() == true else { return false }
    state.withLock { $0.isAdmitted = true }
    return true
  }

  /// Executes `body` in the transaction, and commits it with the success of the node.
  ///
  /// - Returns: what `body` returns, once it is stored as the node's output.
  func run(
    _ request: NodeRequest, _ body: (PostgresTransaction) async throws -> Payload
  ) async throws -> Payload {
    let isFirst = state.withLock { state in
      guard state.outcome == .unused else { return false }
      state.outcome = .open
      return true
    }
    guard isFirst else {
      throw NodeError(
        .definition, "an attempt can have one transaction; do all of it in that one",
        code: "second_transaction", context: NodeError.Context(operation: "transaction"))
    }
    do {
      guard await enter() else { throw CancellationError() }
      let (output, stored) = try await request.database.withConnection { connection in
        try await perform(request, body, on: connection)
      }
      // A commit whose reply was lost is found out about to the end, whoever is cancelled meanwhile.
      if !stored.isKnown {
        guard let hasCommitted = await Task(operation: { await self.confirm(request) }).value
        else {
          // The worker has stopped: whoever gets the run next reads what is stored.
          throw Self.commitLost
        }
        guard hasCommitted else { throw leave(Self.commitLost) }
      }
      state.withLock { $0.outcome = .committed }
      room.post(.committed(ticket, stored.reply, at: stored.moment))
      return output
    } catch let error where outcome == .open {
      throw leave(error)
    }
  }

  /// It is over and has no effect.
  private func leave(_ error: any Error) -> any Error {
    state.withLock { $0.outcome = .undone }
    let isGone = (error as? NodeError)?.code == Self.claimGone.code
    room.post(.left(ticket, claimIsGone: isGone))
    return error
  }

  private static let commitLost = NodeError(
    .transport, "the connection was lost with the commit, which did not take place",
    code: "commit_lost", context: NodeError.Context(operation: "transaction"))

  private static let claimGone = NodeError(
    .cancelled, "the claim is gone: another worker has the run", code: "claim_gone",
    context: NodeError.Context(operation: "transaction"))

  /// What was sent to be committed.
  private struct Stored: Sendable {
    var reply: RecordReply
    /// When the reply to the record came.
    var moment: Moment
    /// False when the reply to the commit was lost.
    var isKnown: Bool
  }

  /// Up to the commit.
  private func perform(
    _ request: NodeRequest, _ body: (PostgresTransaction) async throws -> Payload,
    on connection: PostgresConnection
  ) async throws -> (output: Payload, stored: Stored) {
    let started = MonotonicClock.now()
    let left = max(.milliseconds(1), request.deadline - .now)
    let (transaction, rows) = try await PostgresTransaction.begin(
      on: connection,
      limits: PostgresTransaction.Limits(statement: left, idle: left + Self.patience),
      calls: [
        FenceCall.call(
          worker: room.worker, recorder: room.recorder, run: ticket.run, token: ticket.token)
      ], within: left + Self.patience)
    do {
      guard try rows.first?.first?.bool(0) ?? false else { throw Self.claimGone }
      // A handler that ignores its cancellation keeps no claim locked.
      var output = try await withTaskCancellationHandler {
        try await body(transaction)
      } onCancel: {
        connection.abort()
      }
      _ = room.faults?.reach(.inTransaction)
      try check(output, request)
      output = request.secrets.redacting(output)
      let call = await room.record(
        of: ticket, output, started: started, finished: MonotonicClock.now())
      guard let call else { throw CancellationError() }
      // From here on the recorder counts on the end of this: what happens to the task of the attempt
      // must not cut it off.
      let stored = try await Task {
        try await self.store(call, in: transaction)
      }.value
      return (output, stored)
    } catch {
      await transaction.rollback(within: .seconds(2))
      throw error
    }
  }

  private func check(_ output: Payload, _ request: NodeRequest) throws {
    do {
      try PayloadScan.check(output.bytes, limits: .init(maxBytes: request.maxOutputBytes))
    } catch {
      throw NodeError(
        error.errorKind, "the output cannot be stored: \(error)", code: "\(error.code)",
        context: NodeError.Context(operation: "check output"))
    }
  }

  /// Stores the success, and commits both.
  private func store(
    _ call: Call, in transaction: PostgresTransaction
  ) async throws -> Stored {
    let reply: RecordReply
    do throws(PostgresError) {
      let rows = try await transaction.pipeline(
        [
          PostgresTransaction.bounding(
            PostgresTransaction.Limits(
              statement: room.callTimeout + .seconds(1), idle: Self.patience)), call,
        ],
        within: room.callTimeout)
      guard let record = rows.last else {
        throw PostgresError(code: .lost, "an answer without a result")
      }
      reply = try RecordReply(record)
    } catch {
      throw Self.refusal(error)
    }
    guard reply.lost.isEmpty, reply.busy.isEmpty else { throw Self.claimGone }
    var stored = Stored(reply: reply, moment: MonotonicClock.now(), isKnown: true)
    _ = room.faults?.reach(.beforeTransactionCommit)
    do throws(PostgresError) {
      try await transaction.commit(within: room.callTimeout)
    } catch {
      guard error.outcomeUnknown else { throw error }
      stored.isKnown = false
      return stored
    }
    stored.isKnown = room.faults?.reach(.afterTransactionCommit) != .loseReply
    return stored
  }

  /// Why the record was not stored, where that is the doing of the attempt.
  private static func refusal(_ error: PostgresError) -> any Error {
    if error.sqlState == "SW103" {
      return NodeError(
        .definition, "a statement ended the transaction, which is not its own to end",
        code: "transaction_ended", context: NodeError.Context(operation: "transaction"))
    }
    guard error.blamesValue else { return error }
    return NodeError(
      .serialization, "PostgreSQL refused the output: \(error.message)",
      code: error.sqlState.map { "sqlstate_\($0)" },
      context: NodeError.Context(
        operation: "record", metadata: error.detail.map { ["detail": $0] } ?? [:]))
  }

  /// Asks whether the commit took place, until the database answers: the old session may still be at it. nil
  /// when there is nobody to ask any more.
  private func confirm(_ request: NodeRequest) async -> Bool? {
    let call = ConfirmCall.call(
      worker: room.worker, run: ticket.run, token: ticket.token, node: request.node,
      item: request.item, iteration: request.iteration, attempt: ticket.attempt)
    request.logger.warning("the reply to a commit was lost; the database is asked for its outcome")
    var backoff = Backoff(cap: .seconds(1))
    while !room.database.isClosed {
      do {
        return try await room.database.withConnection { connection in
          let rows = try await connection.query(
            call.statement, call.parameters, within: room.callTimeout)
          return try rows.first?.bool(0) ?? false
        }
      } catch {
        request.logger.warning("still asking", metadata: ["error": "\(error)"])
        try? await Task.sleep(for: backoff.next())
      }
    }
    return nil
  }
}
