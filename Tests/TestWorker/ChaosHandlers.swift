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
    ]
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
