import SwellModel

/// The worker processes of one case.
struct WorkerFleet: Sendable {
  let workers: [WorkerProcess]

  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  var ended: Int { workers.reduce(0) { $0 + $1.report.ended } }
  var statements: Int { workers.reduce(0) { $0 + $1.report.statements } }
  var inFlight: Int { workers.reduce(0) { $0 + $1.report.inFlight } }
  /// Seconds of processor; nil where the system does not tell.
  var processorSeconds: Double? {
    workers.reduce(0.0) { sum, worker in
      sum.flatMap { sum in ProcessorTime.seconds(of: worker.pid).map { sum + $0 } }
    }
  }

  /// When the first run was claimed and the last one ended, in microseconds since 1970.
  var span: (first: Int64, last: Int64) {
    let reports = workers.map(\.report)
    return (
      reports.map(\.firstClaim).filter { $0 > 0 }.min() ?? 0, reports.map(\.endedAt).max() ?? 0
    )
  }

  /// Waits until so many runs have ended.
  func waitUntilEnded(_ count: Int, within limit: Duration) async throws {
    try await wait("\(count) runs have ended", within: limit) { $0.ended >= count }
  }

  func wait(
    _ what: String, within limit: Duration, _ condition: (WorkerFleet) -> Bool
  ) async throws {
    let deadline = ContinuousClock.now + limit
    while !condition(self) {
      guard workers.allSatisfy(\.isRunning) else {
        throw Failure(description: "a worker process of the benchmark has ended by itself")
      }
      guard ContinuousClock.now < deadline else {
        throw Failure(
          description:
            "after \(limit) it is not so that \(what); ended: \(ended), in flight: \(inFlight)")
      }
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  func stop() async {
    for worker in workers { await worker.stop() }
  }
}
