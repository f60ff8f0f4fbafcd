import Foundation
import UnixSignals

/// What a person who presses Ctrl-C, closes the terminal, or stops reading may expect of a command
/// that takes long: it ends in order, says what becomes of things, and leaves nothing behind.
enum Interruption {
  /// - Parameter remedy: what is to be known after an interruption.
  /// - Throws: a failure of exit 75 when interrupted, after the body has been cancelled and ended.
  static func heed<Answer: Sendable>(
    _ remedy: String? = nil, _ body: @escaping @Sendable () async throws -> Answer
  ) async throws -> Answer {
    // A reader that has gone is told to us by the write, which then asks for the end.
    signal(SIGPIPE, SIG_IGN)
    let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm, .sighup)
    return try await withThrowingTaskGroup(of: Answer?.self) { tasks in
      tasks.addTask { try await body() }
      tasks.addTask {
        for await _ in signals {
          throw CommandFailure(.timedOut, "interrupted", "interrupted", remedy: remedy)
        }
        return nil
      }
      defer { tasks.cancelAll() }
      while let answer = try await tasks.next() {
        if let answer { return answer }
      }
      throw CancellationError()
    }
  }
}
