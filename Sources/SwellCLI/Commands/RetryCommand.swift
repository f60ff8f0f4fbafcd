import ArgumentParser
import SwellStore

struct RetryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retry",
    abstract: "Make a failed or cancelled run live again; what succeeded is not done again.")

  @OptionGroup var options: ReasonOptions

  func run() async throws {
    try await options.steer("retried", { "live again: \($0)" }) { id, reason, connection in
      try await OperatorCall.retry(
        id, reason: reason, over: connection, within: DatabaseOptions.limit)
    }
  }
}
