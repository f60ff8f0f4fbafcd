import Dispatch
import Foundation

/// Ctrl-C ends the case in order: what it started is stopped before the program ends.
enum Interruption {
  static func heed<Answer: Sendable>(
    _ body: @escaping @Sendable () async -> Answer
  ) async -> Answer {
    let task = Task { await body() }
    let sources = [SIGINT, SIGTERM, SIGHUP].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { task.cancel() }
      source.resume()
      return source
    }
    defer { for source in sources { source.cancel() } }
    return await task.value
  }
}
