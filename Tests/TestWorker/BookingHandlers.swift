import Foundation
import Logging
import Swell

/// Handlers whose effect is a row in Swell's own database, in one commit with their success.
///
/// The row's key is the idempotency key, so that each success must have exactly one.
enum BookingHandlers {
  static let all: [any NodeKind] = [
    RawHandlerNode("book") { _, context in
      try await context.transaction { try await book(context, in: $0) }
    },
    // Takes its time in the transaction.
    RawHandlerNode("slow_book") { input, context in
      try await context.transaction { sql in
        let output = try await book(context, in: sql)
        try await Task.sleep(for: .milliseconds(TestHandlers.number("ms", in: input) ?? 1000))
        return output
      }
    },
    // And before it.
    RawHandlerNode("late_book") { input, context in
      context.logger.notice("begins, and books later")
      try? await Task.sleep(for: .milliseconds(TestHandlers.number("ms", in: input) ?? 1000))
      return try await context.transaction { try await book(context, in: $0) }
    },
    RawHandlerNode("deaf_book") { input, context in
      try await context.transaction { sql in
        let output = try await book(context, in: sql)
        let end = ContinuousClock.now + .milliseconds(TestHandlers.number("ms", in: input) ?? 1000)
        while ContinuousClock.now < end {
          await withCheckedContinuation { continuation in
            DispatchQueue.global().asyncAfter(deadline: .now() + 0.05) { continuation.resume() }
          }
        }
        return output
      }
    },
    RawHandlerNode("book_and_fail") { _, context in
      try await context.transaction { sql in
        _ = try await book(context, in: sql)
        throw NodeError(
          context.attempt < 3 ? .transport : .validation, "no", code: "no_booking")
      }
    },
    // What fails in the transaction has no effect: the handler may answer it.
    RawHandlerNode("book_or_decline") { _, context in
      do {
        return try await context.transaction { sql in
          _ = try await book(context, in: sql)
          throw NodeError(.validation, "declined")
        }
      } catch let error as NodeError where error.kind == .validation {
        return Payload(json: #""declined""#)
      }
    },
    RawHandlerNode("book_then_throw") { _, context in
      _ = try await context.transaction { try await book(context, in: $0) }
      throw NodeError(.transport, "too late")
    },
    RawHandlerNode("book_and_commit") { _, context in
      try await context.transaction { sql in
        let output = try await book(context, in: sql)
        _ = try await sql.query(Statement("", "/* so clever */ COMMIT"))
        return output
      }
    },
    RawHandlerNode("book_and_set") { _, context in
      try await context.transaction { sql in
        _ = try await sql.query(Statement("", "SET LOCAL work_mem = '1MB'"))
        _ = try await sql.pipeline([Call(Statement("", "SET work_mem = '1MB'"), Parameters())])
        return try await book(context, in: sql)
      }
    },
    RawHandlerNode("book_twice") { _, context in
      do {
        _ = try await context.transaction { sql in
          _ = try await book(context, in: sql)
          throw NodeError(.other, "first")
        }
      } catch {}
      return try await context.transaction { try await book(context, in: $0) }
    },
    RawHandlerNode("book_large") { _, context in
      try await context.transaction { sql in
        _ = try await book(context, in: sql)
        return Payload(bytes: [0x22] + [UInt8](repeating: 0x61, count: 2 << 20) + [0x22])
      }
    },
    HandlerNode("book_other_type") { (_: [String: Int], context: HandlerContext) -> String in
      "\(try await context.transaction { _ in 7 })"
    },
    HandlerNode("book_typed") { (_: [String: Int], context: HandlerContext) -> [String: String] in
      try await context.transaction { sql in
        _ = try await book(context, in: sql)
        return ["key": context.idempotencyKey]
      }
    },
  ]

  private static func book(
    _ context: HandlerContext, in sql: HandlerTransaction
  ) async throws -> Payload {
    var p = Parameters()
    p.append(context.idempotencyKey)
    p.append(Int32(context.attempt))
    _ = try await sql.query(
      Statement("book", "INSERT INTO booking (key, attempt) VALUES ($1, $2)"), p)
    return Payload(json: #"{"booked": true}"#)
  }
}
