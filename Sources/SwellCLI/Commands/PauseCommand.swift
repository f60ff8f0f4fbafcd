import ArgumentParser
import SwellStore

struct PauseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pause",
    abstract: "Start nothing more of a run; what is in flight ends and is stored.")

  @OptionGroup var options: ReasonOptions

  func run() async throws {
    try await options.steer(
      "pause_requested", { "nothing more of \($0) starts until it is resumed" }
    ) { id, reason, connection in
      try await OperatorCall.pause(
        id, reason: reason, over: connection, within: DatabaseOptions.limit)
    }
  }
}
