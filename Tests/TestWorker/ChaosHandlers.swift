import Foundation
import Swell

/// Handlers of the fault suite: each start and each effect is a row of the ledger.
enum ChaosHandlers {
  static func all(ledger: Ledger?) -> [any NodeKind] {
    [
      RawHandlerNode("work") { input, context in
        try await work(input, context, ledger)
      },
      // Fails twice, then succeeds; after a retry by a person the same again.
      RawHandlerNode("flaky_work") { input, context in
        guard context.attempt % 3 == 0 else {
          try await ledger?.write(context, "started")
          throw NodeError(.transport, "the other side is away")
        }
        return try await work(input, context, ledger)
      },
      RawHandlerNode("reject_work") { _, context in
        try await ledger?.write(context, "started")
        throw NodeError(.validation, "rejected", code: "no_thanks")
      },
      RawHandlerNode("poison_work") { input, context in
        if TestHandlers.number("poison", in: input) == 1 {
          try await ledger?.write(context, "started")
          kill(getpid(), SIGKILL)
        }
        return try await work(input, context, ledger)
      },
      RawHandlerNode("hog_work") { input, context in
        if TestHandlers.number("hog", in: input) == 1 {
          try await ledger?.write(context, "started")
          try takeMemory()
        }
        return try await work(input, context, ledger)
      },
      // Ignores cancellation until its own time is over.
      RawHandlerNode("deaf_work") { input, context in
        try await ledger?.write(context, "started")
        let end = ContinuousClock.now + .milliseconds(milliseconds(in: input))
        while ContinuousClock.now < end {
          await withCheckedContinuation { continuation in
            DispatchQueue.global().asyncAfter(deadline: .now() + 0.05) { continuation.resume() }
          }
        }
        return input
      },
      // Takes its thread away.
      RawHandlerNode("block_work") { input, context in
        try await ledger?.write(context, "started")
        TestHandlers.block(for: Double(milliseconds(in: input)) / 1000)
        return input
      },
      RawHandlerNode("large_work") { input, context in
        _ = try await work(input, context, ledger)
        return Payload(bytes: [0x22] + [UInt8](repeating: 0x61, count: 500_000) + [0x22])
      },
      RawHandlerNode("two_mebibytes") { _, _ in
        Payload(bytes: [0x22] + [UInt8](repeating: 0x61, count: 2 << 20) + [0x22])
      },
    ]
  }

  /// Touches memory until the process dies of it; without a limit it stops at one gibibyte.
  private static func takeMemory() throws {
    for _ in 0..<32 {
      let chunk = UnsafeMutableRawPointer.allocate(byteCount: 32 << 20, alignment: 4096)
      memset(chunk, 1, 32 << 20)
    }
    throw NodeError(.other, "there is no limit of memory here")
  }

  private static func work(
    _ input: Payload, _ context: HandlerContext, _ ledger: Ledger?
  ) async throws -> Payload {
    let pause = milliseconds(in: input)
    try await ledger?.write(context, "started")
    try await Task.sleep(for: .milliseconds(pause))
    try await ledger?.write(context, "effect")
    return Payload(json: #"{"ms": \#(pause)}"#)
  }

  /// The pause that the run's input asks for, wherever it has come to in a joined input.
  private static func milliseconds(in input: Payload) -> Int {
    guard let value = try? JSONValue.parse(input) else { return 2 }
    if let number = value["ms"]?.int { return Int(number) }
    if case .object(let members) = value {
      for member in members {
        if let number = member.value["ms"]?.int { return Int(number) }
      }
    }
    return 2
  }
}
