import Foundation
import Swell

/// Handlers that behave, and handlers that do not.
enum TestHandlers {
  static func all(ledger: Ledger?) -> [any NodeKind] {
    let small = Payload(json: #"{"ok": true, "note": "the small payload of a node"}"#)
    return [
      RawHandlerNode("noop") { _, _ in small },
      RawHandlerNode("echo") { input, _ in input },
      RawHandlerNode("effect") { input, context in
        try await ledger?.write(context, "effect")
        return input
      },
      RawHandlerNode("slow_effect") { input, context in
        try await ledger?.write(context, "started")
        try await Task.sleep(for: .milliseconds(number("ms", in: input) ?? 1000))
        try await ledger?.write(context, "effect")
        return input
      },
      RawHandlerNode("sleep") { input, _ in
        try await Task.sleep(for: .milliseconds(number("ms", in: input) ?? 1000))
        return input
      },
      RawHandlerNode("doze") { input, _ in
        try await Task.sleep(for: .milliseconds(number("ms", in: input) ?? 1000))
        return small
      },
      RawHandlerNode("fail_twice") { input, context in
        if context.attempt <= 2 { throw NodeError(.transport, "the other side is away") }
        return input
      },
      RawHandlerNode("fail_always") { _, _ in throw NodeError(.transport, "always away") },
      RawHandlerNode("slow_fail") { input, _ in
        try await Task.sleep(for: .milliseconds(number("ms", in: input) ?? 1000))
        throw NodeError(.transport, "away, after a while")
      },
      RawHandlerNode("reject") { _, _ in
        throw NodeError(.validation, "rejected", code: "no_thanks")
      },
      RawHandlerNode("throw_input") { input, _ in
        throw NodeError(
          .validation, "cannot use \(input.text)", code: "no",
          context: .init(metadata: ["given": input.text]))
      },
      RawHandlerNode("percent") { input, _ in
        let text = try JSONValue.parse(input).string ?? ""
        return JSONValue.string(
          text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        ).payload
      },
      // The same text, with every character escaped that can be.
      RawHandlerNode("escape") { input, _ in
        let text = try JSONValue.parse(input).string ?? ""
        let escaped = text.utf16.map { "\\u" + String(0x10000 + Int($0), radix: 16).dropFirst() }
        return Payload(json: "\"\(escaped.joined())\"")
      },
      RawHandlerNode("chosen") { input, _ in
        let settings = try JSONValue.parse(input)
        if settings["fail"]?.bool == true {
          throw NodeError(.validation, "chosen to fail", code: "chosen")
        }
        if let path = settings["needs"]?.string, !FileManager.default.fileExists(atPath: path) {
          throw NodeError(.validation, "there is no \(path)", code: "missing")
        }
        try await Task.sleep(for: .milliseconds(number("ms", in: input) ?? 0))
        return small
      },
      RawHandlerNode("key_after_failure") { _, context in
        if context.attempt == 1 { throw NodeError(.transport, "the other side is away") }
        return JSONValue.string(context.idempotencyKey).payload
      },
      RawHandlerNode("throw_anything") { _, _ in throw CocoaError(.fileNoSuchFile) },
      RawHandlerNode("poison") { input, _ in
        if number("poison", in: input) == 1 { kill(getpid(), SIGKILL) }
        return input
      },
      RawHandlerNode("spin") { input, _ in
        let end = Date().addingTimeInterval(Double(number("ms", in: input) ?? 1000) / 1000)
        while Date() < end {}
        return input
      },
      // Takes its thread away.
      RawHandlerNode("block") { input, _ in
        block(for: Double(number("ms", in: input) ?? 1000) / 1000)
        return input
      },
      // Blocks whoever stops it.
      RawHandlerNode("block_stop") { input, _ in
        try await withTaskCancellationHandler {
          try await Task.sleep(for: .seconds(60))
        } onCancel: {
          block(for: Double(number("ms", in: input) ?? 1000) / 1000)
        }
        return input
      },
      // Says when it is stopped.
      RawHandlerNode("tell_stop") { input, context in
        try await ledger?.write(context, "started")
        do {
          try await Task.sleep(for: .milliseconds(number("ms", in: input) ?? 1000))
        } catch {
          // Of its own, since this task is cancelled.
          try await Task { try await ledger?.write(context, "stopped") }.value
          throw error
        }
        return input
      },
      RawHandlerNode("cancels_itself") { input, _ in
        withUnsafeCurrentTask { $0?.cancel() }
        return input
      },
      // Never suspends, and looks now and then whether it is to stop.
      RawHandlerNode("crunch") { input, _ in
        let end = ContinuousClock.now + .milliseconds(number("ms", in: input) ?? 100)
        while ContinuousClock.now < end { try Task.checkCancellation() }
        return .null
      },
      RawHandlerNode("deaf") { input, _ in
        // Ignores cancellation until its own time is over.
        let end = ContinuousClock.now + .milliseconds(number("ms", in: input) ?? 3000)
        while ContinuousClock.now < end {
          await withCheckedContinuation { continuation in
            DispatchQueue.global().asyncAfter(deadline: .now() + 0.05) { continuation.resume() }
          }
        }
        return input
      },
      RawHandlerNode("large") { input, _ in
        try await Task.sleep(for: .milliseconds(number("ms", in: input) ?? 0))
        return Payload(bytes: [0x22] + [UInt8](repeating: 0x61, count: 900_000) + [0x22])
      },
      RawHandlerNode("huge") { _, _ in
        Payload(bytes: [0x22] + [UInt8](repeating: 0x61, count: 100_000_000) + [0x22])
      },
      RawHandlerNode("nul") { _, _ in Payload(json: #"{"text": "a\u0000b"}"#) },
      RawHandlerNode("surrogate") { _, _ in Payload(json: #"{"text": "a\ud800b"}"#) },
      RawHandlerNode("bad_utf8") { _, _ in Payload(bytes: [0x22, 0xff, 0xfe, 0x22]) },
      RawHandlerNode("deep") { _, _ in
        Payload(
          json: String(repeating: "[", count: 20_000) + String(repeating: "]", count: 20_000))
      },
      RawHandlerNode("exponent") { _, _ in Payload(json: "1e130000") },
      RawHandlerNode("not_json") { _, _ in Payload(json: "{oops") },
      // Good JSON for everybody but a server that was told to refuse it.
      RawHandlerNode("refused") { input, _ in
        try await Task.sleep(for: .milliseconds(number("ms", in: input) ?? 0))
        return number("refuse", in: input) == 1 ? Payload(json: #"{"refuse": "me"}"#) : small
      },
      HandlerNode("typed") { (order: Order, context: HandlerContext) in
        Receipt(order: order.orderId, key: context.idempotencyKey)
      },
    ]
  }

  struct Order: Decodable, Sendable {
    var orderId: Int
  }

  struct Receipt: Encodable, Sendable {
    var order: Int
    var key: String
  }

  static func block(for seconds: Double) {
    Thread.sleep(forTimeInterval: seconds)
  }

  static func number(_ key: String, in input: Payload) -> Int? {
    (try? JSONValue.parse(input))?[key]?.int.map(Int.init)
  }
}
