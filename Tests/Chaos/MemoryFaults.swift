import Foundation
import SwellTesting

/// Runs that take their worker with them: the crash budget with a batch in hand.
enum MemoryFaults {
  static let cases = [outOfAddressSpace, outOfMemory, poisonBatch, poisonStream]

  static let hog = """
    workflow: hog
    defaults: {timeout: 60s}
    nodes:
      eat: {handler: hog_work}
    """

  static let poison = """
    workflow: poison
    defaults: {timeout: 60s}
    nodes:
      bite: {handler: poison_work}
    """

  static let outOfAddressSpace = ChaosCase(
    "out_of_address_space",
    "Two runs among 300 allocate until the process may have no more (RLIMIT_AS); only they fail.",
    limit: .seconds(90)
  ) { scene in
    // Beside what the runtime maps anyway.
    try await hogs(on: scene) { ["prlimit", "--as=\(1200 << 20)"] }
  }

  static let outOfMemory = ChaosCase(
    "out_of_memory",
    "Two runs among 300 touch memory until the kernel kills their worker; only they fail.",
    limit: .seconds(90)
  ) { scene in
    let limit = try MemoryLimit.make(mebibytes: 400)
    scene.atEnd { limit.remove() }
    try await hogs(on: scene) { limit.command }
  }

  static let poisonBatch = ChaosCase(
    "poison_batch",
    "Three runs among 600 kill their worker with a batch in hand; only they fail, as workerLost.",
    limit: .seconds(90), isInSample: true
  ) { scene in
    try await scene.apply(poison)
    try await scene.enqueue("poison", 300, input: #"{"ms": 5}"#)
    for _ in 0..<3 {
      try await scene.enqueue("poison", input: #"{"poison": 1}"#, expecting: .failed("workerLost"))
      try await scene.enqueue("poison", 100, input: #"{"ms": 5}"#)
    }
    scene.supervise(2)
    try await scene.quiet()
  }

  static let poisonStream = ChaosCase(
    "poison_stream",
    "Eight runs that kill their worker come one after the other among 1,200 that take 400 ms: they are new to whoever has lost two already, and only they fail.",
    limit: .seconds(120)
  ) { scene in
    try await scene.apply(poison)
    scene.supervise(3)
    for _ in 0..<8 {
      for _ in 0..<30 {
        try await scene.enqueue("poison", 5, input: #"{"ms": 400}"#)
        try await scene.pass(.milliseconds(50))
      }
      try await scene.enqueue("poison", input: #"{"poison": 1}"#, expecting: .failed("workerLost"))
    }
    try await scene.quiet()
  }

  private static func hogs(
    on scene: ChaosScene, through command: @escaping @Sendable () throws -> [String]
  ) async throws {
    try await scene.apply(hog)
    try await scene.enqueue("hog", 150, input: #"{"ms": 20}"#)
    for _ in 0..<2 {
      try await scene.enqueue("hog", input: #"{"hog": 1}"#, expecting: .failed("workerLost"))
      try await scene.enqueue("hog", 75, input: #"{"ms": 20}"#)
    }
    scene.supervise(2, through: command)
    try await scene.quiet()
  }
}
