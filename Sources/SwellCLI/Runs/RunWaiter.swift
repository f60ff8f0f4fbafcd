import SwellPostgres
import SwellStore

/// Waits until runs have ended, by looking at the view.
enum RunWaiter {
  /// The runs as they ended, in the order asked for.
  ///
  /// Throws: a failure of exit 75 when they have not ended in time.
  static func ends(
    of runs: [PostgresUUID], over connection: PostgresConnection, timeout: Duration?
  ) async throws -> [RunsView.Row] {
    let deadline = timeout.map { ContinuousClock.now + $0 }
    var pause = Duration.milliseconds(20)
    var ended: [PostgresUUID: RunsView.Row] = [:]
    while true {
      var live: [RunsView.Row] = []
      for run in runs where ended[run] == nil {
        let row = try await find(run, over: connection)
        if row.hasEnded { ended[run] = row } else { live.append(row) }
      }
      if live.isEmpty { return runs.compactMap { ended[$0] } }
      if let deadline, ContinuousClock.now >= deadline {
        let states = live.map { "\($0.run) is \($0.state)" }.joined(separator: ", ")
        throw CommandFailure(
          .timedOut, "wait_timeout", "not all runs have ended in time: \(states)",
          remedy: "They go on. Look at one with: swell show \(live[0].run)")
      }
      let rest = deadline.map { max(.milliseconds(1), $0 - ContinuousClock.now) } ?? pause
      try await Task.sleep(for: min(pause, rest))
      pause = min(pause * 1.5, .milliseconds(500))
    }
  }

  /// Throws: a failure of exit 65 when there is no such run.
  static func find(
    _ run: PostgresUUID, over connection: PostgresConnection
  ) async throws -> RunsView.Row {
    guard
      let row = try await RunsView.run(run, over: connection, within: DatabaseOptions.limit)
    else {
      throw CommandFailure(
        .data, "SW007", "there is no run \(run)", remedy: "swell runs lists the runs.")
    }
    return row
  }
}
