import Logging
import SwellCore
import SwellModel
import SwellPostgres
import SwellStore

/// Runs whose definition this worker cannot read: a newer version of Swell may have applied it. They are given back as
/// they are, for a worker that can.
extension Recorder {
  /// How much later than others a worker claims that meets what it cannot read.
  private static let standBack = Duration.milliseconds(50)

  /// When the next claim is worth a try.
  func claimMoment(now: Moment) -> Moment {
    standsBackUntil > now ? nextClaim + Self.standBack : nextClaim
  }

  /// Gives back what was claimed and cannot be read.
  func leaveUnreadable(over connection: PostgresConnection) async throws(PostgresError) {
    guard !unreadable.isEmpty else { return }
    let runs = unreadable
    let now = MonotonicClock.now()
    var told: [LeaveCall.Unreadable] = []
    for version in Set(runs.map(\.workflow)) {
      guard let why = library.withUnreadable({ $0.news(of: version, now: now) }) else { continue }
      told.append(LeaveCall.Unreadable(version: version, why: why))
      logger.error(
        "runs are left to workers of another version of Swell: \(why)",
        metadata: ["workflow": "\(version.name)", "version": "\(version.version)"])
    }
    let left = runs.map { run in
      LeaveCall.Run(
        id: run.id, token: run.token,
        delay: library.withUnreadable { $0.delay(bytes: run.bytes, now: now) })
    }
    // Whoever can read them comes first.
    standsBackUntil = now + .seconds(60)
    metrics.change { $0.unreadable += runs.count }
    let call = LeaveCall.call(by: identity, runs: left, unreadable: told)
    handOver()
    pulse.wait(index, until: now + configuration.callTimeout)
    let rows = try await connection.query(
      call.statement, call.parameters, within: configuration.callTimeout)
    pulse.turn(index)
    unreadable = []
    // What somebody held locked is claimed and not known here: reconcile frees it.
    if try Int(rows.first?.int32(0) ?? 0) < runs.count {
      nextReconcile = min(nextReconcile, now + .seconds(5))
    }
  }

  /// The run, to be ended without its error handler, where somebody wants its end and nobody who can read its
  /// definition has come for long enough; else nil.
  func end(unreadable claimed: ClaimedRun, now: Moment) -> HeldRun? {
    guard isEnding(claimed),
      let error = library.known(claimed.workflow)?.error,
      library.withUnreadable({
        $0.hasWaited(configuration.endPatience, forEndOf: claimed.id, shape(of: claimed), now: now)
      })
    else { return nil }
    library.withUnreadable { $0.ended(claimed.id) }
    // What sleeps is all that the end has to say something of.
    let sleepers = claimed.nodes.filter { ["waiting", "retrying", "pending"].contains($0.state) }
    let ids = Set(sleepers.map(\.id)).sorted()
    let places = Dictionary(uniqueKeysWithValues: ids.enumerated().map { ($1, $0) })
    var bare = claimed
    bare.nodes = []
    let run = hold(
      bare,
      CompiledWorkflow(
        Workflow(
          name: claimed.workflow.name,
          nodes: ids.map { Node(id: $0, role: .transform, kind: "unreadable") }),
        version: claimed.workflow.version), now: now)
    run.isUnreadable = true
    run.refusal = error
    for row in sleepers {
      guard let place = places[row.id], let node = stored(row, now: now) else { continue }
      run.changes.rows.append(Changes.NodeRow(cancelling: node, as: place, now: now))
    }
    run.changes.stops = [.every]
    return run
  }

  private func isEnding(_ run: ClaimedRun) -> Bool {
    run.deadlineIn.map { $0 <= 0 } ?? false || run.signals.contains { $0.kind == .cancel }
  }

  private func shape(of run: ClaimedRun) -> UnreadableBook.RunShape {
    .init(
      wave: run.wave, rows: run.nodes.count, attempts: run.nodes.reduce(0) { $0 + $1.attempt },
      isCancelled: run.signals.contains { $0.kind == .cancel })
  }
}

extension Result {
  fileprivate var error: Failure? {
    if case .failure(let error) = self { error } else { nil }
  }
}
