import ArgumentParser

struct ApproveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "approve", abstract: "Say yes to a node that asks for approval.")

  @OptionGroup var options: AnswerOptions

  func run() async throws {
    try await options.answer(true)
  }
}
