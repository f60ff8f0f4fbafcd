import SwellLocal

/// PostgreSQL goes away and comes back; the workers stay.
enum DatabaseFaults {
  static let cases = [stoppedFast]

  static let stoppedFast = ChaosCase(
    "postgres_stopped_fast",
    "The server is stopped in order under load and started again at once, three times.",
    isInSample: true
  ) { scene in
    _ = try await scene.workers(2)
    let load = scene.load(perSecond: 100)
    for round in 1...3 {
      try await scene.stored(100 * round)
      try await scene.pass(.milliseconds(scene.random(in: 0..<500)))
      scene.fault("stopped fast, \(round) of 3")
      try await scene.server.restart(mode: .fast)
      try await scene.pass(.milliseconds(500))
    }
    await load.stop()
  }
}
