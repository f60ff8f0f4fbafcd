import SwellTesting

/// Each call of a run is broken in turn, in every way that a call can break.
enum CallFaults {
  static let cases = [everyCallRefused, everyCallCut, everyCallLate, someCallsBroken]

  static let everyCallRefused = ChaosCase(
    "every_call_refused",
    "Each call of a 5-node run, from the worker's start on, is answered with an error in turn.",
    limit: .seconds(400)
  ) { scene in
    try await EveryCall(faults: errors).run(on: scene)
  }

  static let everyCallCut = ChaosCase(
    "every_call_cut",
    "At each call in turn the connection is cut: before it, inside it, before its COMMIT, after it.",
    limit: .seconds(400)
  ) { scene in
    try await EveryCall(faults: cuts).run(on: scene)
  }

  static let everyCallLate = ChaosCase(
    "every_call_late",
    "Each call in turn is swallowed, answered too late, or executed after its worker gave it up.",
    limit: .seconds(400)
  ) { scene in
    try await EveryCall(faults: delays).run(on: scene)
  }

  static let someCallsBroken = ChaosCase(
    "some_calls_broken", "Like the three before it, with ten calls and faults that the seed picks.",
    isInSample: true
  ) { scene in
    try await EveryCall(faults: errors + cuts + delays, most: 10).run(on: scene)
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
}
