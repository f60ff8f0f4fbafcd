import SwellTesting

/// Each call of a run is broken in turn, in every way that a call can break.
enum CallFaults {
  static let cases = [everyCallRefused, everyCallCut, everyCallLate, someCallsBroken]

  static let everyCallRefused = ChaosCase(
    "every_call_refused",
    "Each call of a 5-node run, from the worker's start on, is answered with an error in turn.",
    limit: .seconds(400)
  ) { scene in
    try await breakEach(on: scene, with: errors)
  }

  static let everyCallCut = ChaosCase(
    "every_call_cut",
    "At each call in turn the connection is cut: before it, inside it, before its COMMIT, after it.",
    limit: .seconds(400)
  ) { scene in
    try await breakEach(on: scene, with: cuts)
  }

  static let everyCallLate = ChaosCase(
    "every_call_late",
    "Each call in turn is swallowed, answered too late, or executed after its worker gave it up.",
    limit: .seconds(400)
  ) { scene in
    try await breakEach(on: scene, with: delays)
  }

  static let someCallsBroken = ChaosCase(
    "some_calls_broken", "Like the three before it, with ten calls and faults that the seed picks.",
    isInSample: true
  ) { scene in
    try await breakEach(on: scene, with: errors + cuts + delays, only: 10)
  }

  /// Interrupted, serialization, deadlock, too many connections, shutdown, lock, and a bug.
  static let errors: [CallFault] = [
    .error("57014"), .error("40001"), .error("40P01"), .error("53300"), .error("57P01"),
    .error("55P03"), .error("XX000"),
  ]
  static let cuts: [CallFault] = [
    .cutBefore, .cutInside(share: 0.5), .cutBeforeSync, .cutAfter, .cutReply(bytes: 9),
  ]
  /// Beyond the 400 ms that the trials' workers wait.
  static let delays: [CallFault] = [
    .timeout, .lateReply(.milliseconds(700)), .lateCall(.milliseconds(900)),
  ]

  /// Counts the calls of a run without faults, then breaks each of them with each fault.
  ///
  /// - Parameter most: so many of them, picked by the seed; nil is all.
  private static func breakEach(
    on scene: ChaosScene, with faults: [CallFault], only most: Int? = nil
  ) async throws {
    let calls = try await CallTrial(number: 0).run(on: scene)
    var targets = calls.flatMap { call in
      faults.map { CallTrial.Target(name: call.name, count: call.count, fault: $0) }
    }
    scene.require(calls.count > 10, "only \(calls.map(\.name)) were seen")
    if let most {
      targets = (0..<most).map { _ in targets[scene.random(in: 0..<targets.count)] }
    }
    scene.figure("calls", Double(calls.count))
    scene.figure("trials", Double(targets.count))
    let trials = targets.enumerated().map { CallTrial(number: $0.offset + 1, target: $0.element) }
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
