import Foundation
import SwellTesting
import Synchronization

extension ChaosScene {
  /// Marks the moment of a fault of the database or the network. A run that is enqueued from now
  /// on, as soon as that succeeds, tells when work went on.
  func fault(_ words: String) {
    let key = UUID().uuidString
    let url = database.url
    let probe = Task { [self] in
      let connection = PatientConnection(url)
      var run: String?
      while run == nil, !Task.isCancelled, ContinuousClock.now < deadline {
        // The key makes it one run, however often it was not acknowledged.
        run =
          try? await connection.query(
            "SELECT swell.enqueue('probe', '{}', priority => 9, idempotency_key => '\(key)')",
            within: .seconds(5)
          ).first?.first ?? nil
        // sleeps: until the next try
        if run == nil { try? await Task.sleep(for: .milliseconds(5)) }
      }
      await connection.close()
      if let run { acknowledge([run]) }
      return run
    }
    mark(ChaosFault(at: Date().timeIntervalSince1970, words: words, proof: .probe(probe)))
  }

  /// Kills a worker at once; what was in flight there tells when work went on.
  func kill(_ victim: WorkerProcess, _ words: String = "kill -9") {
    let at = Date().timeIntervalSince1970
    victim.signal(SIGKILL)
    mark(ChaosFault(at: at, words: words, proof: .victim(victim.pid)))
  }

  /// Marks the end of a worker that somebody or something else has ended.
  func died(_ victim: WorkerProcess, _ words: String, at: Double) {
    mark(ChaosFault(at: at, words: words, proof: .victim(victim.pid)))
  }

  /// Marks a fault that a run enqueued after it shows to be over.
  func fault(_ words: String, at: Double, provenBy run: String) {
    mark(ChaosFault(at: at, words: words, proof: .probe(Task { run })))
  }

  /// The longest time from a probe's enqueue to its effect so far, in milliseconds.
  func slowestPickUp() async throws -> Double {
    var created: [String: Double] = [:]
    for row in try await database.query(
      "SELECT run_id, extract(epoch FROM created_at) FROM swell.run WHERE workflow = 'probe'")
    {
      created[row[0] ?? ""] = Double(row[1] ?? "")
    }
    var slowest = 0.0
    for entry in try await Ledgered(ledger).entries {
      guard let start = created.removeValue(forKey: entry.node.run) else { continue }
      slowest = max(slowest, (entry.at - start) * 1000)
    }
    require(created.isEmpty, "\(created.count) probes have no effect")
    return slowest
  }

  /// Marks a fault of which the case itself knows when work had gone on.
  func fault(_ words: String, at: Double, overAt moment: Double) {
    mark(ChaosFault(at: at, words: words, proof: .moment(moment)))
  }

  /// A fault that all workers share is nobody's death.
  func expectNoLoss() async throws {
    let lost =
      try await database.query(
        "SELECT count(*) FROM witness.loss", patience: .seconds(20)
      ).first?.first ?? nil
    require(lost == "0", "\(lost ?? "?") runs were taken from workers that live")
  }

  /// The database has gone back in time: only these runs are there, and what was executed before
  /// a moment says nothing.
  func forget(allBut runs: [String], before moment: Double) {
    let kept = Set(runs)
    state.withLock { state in
      state.acknowledged = state.acknowledged.filter { kept.contains($0.key) }
      state.forgottenBefore = moment
    }
  }

  /// Waits until every probe has been acknowledged, or the case's time is over.
  func settleProbes() async {
    for fault in state.withLock({ $0.faults }) {
      if case .probe(let task) = fault.proof { _ = await task.value }
    }
  }

  /// Moves the clock by which the database tells all time.
  func shiftClock(seconds: Int) async throws {
    try await database.query(
      """
      CREATE OR REPLACE FUNCTION swell.now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
      AS 'SELECT pg_catalog.clock_timestamp() OPERATOR(pg_catalog.+) pg_catalog.make_interval(secs => \(seconds))'
      """)
    state.withLock { $0.clockOffset = Double(seconds) }
  }

  /// How late the last of the runs began that were to wait, in milliseconds.
  func startedLate() async throws -> Double {
    let due = state.withLock { $0.due }
    var late = 0.0
    for row in try await ledger.query(
      "SELECT run_id, extract(epoch FROM min(at)) FROM effect GROUP BY 1")
    {
      guard let run = row[0], let due = due[run], let at = row[1].flatMap(Double.init) else {
        continue
      }
      late = max(late, (at - due) * 1000)
    }
    return late
  }

  private func mark(_ fault: ChaosFault) {
    progress(fault.words)
    state.withLock { $0.faults.append(fault) }
  }
}
