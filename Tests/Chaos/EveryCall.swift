import SwellTesting

/// Counts the calls of a run without faults, then breaks each of them with each fault.
struct EveryCall: Sendable {
  var faults: [CallFault]
  /// So many of them, picked by the seed; nil is all.
  var most: Int?
  /// What the workers reach the server through, as pooled ones; nil is without.
  var pooler: PgBouncer?

  func run(on scene: ChaosScene) async throws {
    let calls = try await CallTrial(number: 0, pooler: pooler).run(on: scene)
    scene.require(calls.count > 10, "only \(calls.map(\.name)) were seen")
    var targets = calls.flatMap { call in
      faults.map { CallTrial.Target(name: call.name, count: call.count, fault: $0) }
    }
    if let most {
      targets = (0..<most).compactMap { _ in
        targets.isEmpty ? nil : targets[scene.random(in: 0..<targets.count)]
      }
    }
    scene.figure("calls", Double(calls.count))
    scene.figure("trials", Double(targets.count))
    let trials = targets.enumerated().map {
      CallTrial(number: $0.offset + 1, target: $0.element, pooler: pooler)
    }
    // What a trial mostly does is to wait.
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (place, trial) in trials.enumerated() {
        if place >= 5 { try await group.next() }
        group.addTask { try await trial.run(on: scene) }
      }
      try await group.waitForAll()
    }
  }
}
