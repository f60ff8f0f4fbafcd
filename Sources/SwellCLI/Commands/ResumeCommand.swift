import ArgumentParser
import SwellStore

struct ResumeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume",
    abstract: "Let a paused run go on.")

  @OptionGroup var options: ReasonOptions

  func run() async throws {
    try await options.steer("resume_requested", { "\($0) goes on" }) { id, reason, connection in
      try await OperatorCall.resume(
        id, reason: reason, over: connection, within: DatabaseOptions.limit)
    }
  }
}
