import ArgumentParser
import SwellStore

struct CancelCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cancel",
    abstract: "Ask for the end of a run; what runs of it is cancelled and stored.")

  @OptionGroup var options: ReasonOptions

  func run() async throws {
    try await options.steer("cancel_requested", { "asked for the end of \($0)" }) {
      id, reason, connection in
      try await OperatorCall.cancel(
        id, reason: reason, over: connection, within: DatabaseOptions.limit)
    }
  }
}
