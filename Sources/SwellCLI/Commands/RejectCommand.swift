import ArgumentParser

struct RejectCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reject", abstract: "Say no to a node that asks for approval.")

  @OptionGroup var options: AnswerOptions

  func run() async throws {
    try await options.answer(false)
  }
}
