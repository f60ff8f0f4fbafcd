import ArgumentParser
import Swell
import SwellModel
import SwellStore

struct EnqueueCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "enqueue",
    abstract: "Put a run of a workflow into the queue and print its id.",
    discussion: """
      From SQL, in your own transaction, it is the function \
      swell.enqueue('workflow', '{"your": "input"}').
      """)

  @Argument(help: "The workflow's name.")
  var workflow: String

  @Argument(help: ArgumentHelp("'-' reads the input from standard input.", valueName: "-"))
  var standardInput: String?

  @Option(help: ArgumentHelp("The input; {} by default.", valueName: "json"))
  var input: String?

  @Option(help: ArgumentHelp("A file that holds the input.", valueName: "file"))
  var inputFile: String?

  @Option(help: "Instead of the workflow's own queue.")
  var queue: String?

  @Option(help: "0 to 9; 9 comes first.")
  var priority = 0

  @Option(help: ArgumentHelp("Not before this long from now, such as 10s.", valueName: "duration"))
  var delay: TimeSpan?

  @Option(help: "The same key and workflow give the first run's id.")
  var key: String?

  @Option(help: ArgumentHelp("A JSON object.", valueName: "json"))
  var tags: String?

  @Option(help: "Instead of the current version.")
  var version: Int?

  @Option(help: ArgumentHelp("Your own UUIDv7.", valueName: "uuid"))
  var runID: RunID?

  @Flag(help: "Wait for its end; 1 unless it succeeded.")
  var wait = false

  @OptionGroup var database: DatabaseOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if let standardInput, standardInput != "-" {
      throw ValidationError("unexpected '\(standardInput)'; give the input with --input")
    }
    let ways = [standardInput, input, inputFile].compactMap { $0 }
    guard ways.count < 2 else {
      throw ValidationError("give the input once: --input, --input-file or -")
    }
    guard (0...9).contains(priority) else { throw ValidationError("--priority must be 0 to 9") }
  }

  func run() async throws {
    let payload = try InputFile.json(try inputBytes(), "the input")
    let options = EnqueueOptions(
      queue: queue, priority: priority, delay: delay?.duration, idempotencyKey: key,
      tags: try tags.map { try InputFile.json(Array($0.utf8), "--tags") }, version: version,
      runID: runID?.uuid)
    let (workflow, wait, isJSON) = (workflow, wait, output.isJSON)
    try await database.withConnection { connection in
      let run = try await EnqueueCall.enqueue(
        workflow, payload, options, over: connection, within: DatabaseOptions.limit)
      guard wait else {
        guard isJSON else { return Terminal.line("\(run)") }
        var fields = JSONFields()
        fields.add("run_id", run)
        return fields.print()
      }
      if !isJSON { Terminal.note("\(run)") }
      let end = try await Interruption.heed("The run goes on: swell show \(run)") {
        try await RunWaiter.ends(of: [run], over: connection, timeout: nil)
      }
      try RunReport.printEnds(end, isJSON: isJSON)
    }
  }

  private func inputBytes() throws -> [UInt8] {
    if let input { return Array(input.utf8) }
    if let path = inputFile ?? standardInput { return try InputFile.read(path) }
    return Payload.emptyObject.bytes
  }
}
