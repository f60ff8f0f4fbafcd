import ArgumentParser
import Foundation

/// What the nodes of `folder_report` execute: JSON on standard input, JSON on standard output.
struct DemoStepCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo-step", abstract: "A step of the demo's workflow.", shouldDisplay: false)

  enum Step: String, CaseIterable, ExpressibleByArgument, Sendable {
    case list, measure, lines, largest, duplicates, changes
    case byDate = "by-date"
  }

  @Argument var step: Step

  @Option(help: "Fail the first attempts, so many of them.")
  var failAttempts = 0

  @Option(help: "Take so much longer.")
  var pause: TimeSpan?

  func run() async throws {
    let environment = ProcessInfo.processInfo.environment
    let attempt = environment["SWELL_ATTEMPT"].flatMap { Int($0) } ?? 1
    let input = Data(try InputFile.read("-"))
    var node = environment["SWELL_NODE"] ?? step.rawValue
    if step == .measure, let item = try? Self.decode(FileMeasure.Input.self, input) {
      node += "[\(item.index + 1)]"
    }
    try DemoLedger.enter(input, node: node, attempt: attempt)
    if attempt <= failAttempts {
      throw CommandFailure(.timedOut, "unlucky", "attempt \(attempt) fails on purpose")
    }
    let answer = try answer(to: input)
    if let pause { try await Task.sleep(for: pause.duration) }
    Terminal.line(String(decoding: answer, as: UTF8.self))
  }

  private func answer(to input: Data) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    switch step {
    case .list:
      return try encoder.encode(FolderListing.read(try Self.decode(DemoInput.self, input)))
    case .measure:
      return try encoder.encode(FileMeasure(try Self.decode(FileMeasure.Input.self, input)))
    case .lines:
      return try encoder.encode(LineCounts(try Self.decode(FolderListing.self, input)))
    case .largest:
      return try encoder.encode(try Self.decode(FolderListing.self, input).largest())
    case .duplicates:
      return try encoder.encode(DuplicateFiles(try Self.decode(FolderListing.self, input)))
    case .changes:
      let folder = try Self.decode(FolderListing.self, input).folder
      throw CommandFailure(
        .unavailable, "no_index", "no index of \(folder) answers: the demo has none, on purpose")
    case .byDate:
      return try encoder.encode(RecentFiles(try Self.decode(FallbackInput.self, input)))
    }
  }

  private static func decode<Value: Decodable>(_ type: Value.Type, _ data: Data) throws -> Value {
    do {
      return try JSONDecoder().decode(type, from: data)
    } catch {
      throw CommandFailure(.data, "bad_input", "the input does not fit \(type): \(error)")
    }
  }
}
