import SwellTesting
import Testing

/// `swell graph`: of files, of what was applied, and of runs.
@Suite(.serialized) struct GraphCommandTests {
  private static let text = """
    workflow: listing
    nodes:
      list: {handler: nobody, retry: none}
      say: {sink: log, needs: list}
    """

  @Test func `a file needs no database`() async throws {
    let path = try SwellCommand.file("w.yaml", Self.text)
    let text = try await SwellCommand.run(["graph", path])
    #expect(text.code == 0)
    #expect(text.output.contains("●  list  handler nobody"))
    let svg = try await SwellCommand.run(["graph", path, "--format", "svg"])
    #expect(svg.output.hasPrefix("<svg ") && svg.output.hasSuffix("</svg>\n"))
    let mermaid = try await SwellCommand.run(["graph", path, "--format", "mermaid"])
    #expect(mermaid.output.hasPrefix("flowchart TD\n"))
  }

  @Test func `what was applied is drawn by its name, and a run with its states`() async throws {
    let database = try await TestDatabase.make()
    let variables = ["DATABASE_URL": database.url]
    try await database.apply("workflow: listing\nnodes: {old: {sink: log}}")
    try await database.apply(Self.text)
    let current = try await SwellCommand.run(["graph", "listing"], variables)
    #expect(current.code == 0)
    #expect(current.output.contains("← list"))
    let first = try await SwellCommand.run(["graph", "listing", "--version", "1"], variables)
    #expect(first.output.contains("old") && !first.output.contains("← list"))

    let worker = try WorkerProcess("swell", arguments: ["worker"], environment: variables)
    try await database.apply(
      "workflow: said\nnodes: {a: {sink: log}, b: {sink: log, needs: a, when: \"${{ false }}\"}}")
    let run = try await database.scalar("SELECT swell.enqueue('said')") ?? ""
    #expect(try await SwellCommand.run(["wait", run], variables).code == 0)
    let drawn = try await SwellCommand.run(["graph", "--run", run], variables)
    #expect(drawn.code == 0)
    #expect(drawn.output.contains("succeeded") && drawn.output.contains("skipped"))
    await worker.destroy()
  }

  @Test func `what cannot be drawn is said`() async throws {
    let database = try await TestDatabase.make()
    let variables = ["DATABASE_URL": database.url]
    try await database.apply(Self.text)
    let bad = try SwellCommand.file("bad.yaml", "workflow: w\nnodes:\n  a: {handlr: x}\n")
    let run = "0190c0de-0000-7000-8000-000000000001"
    let cases: [(arguments: [String], code: Int32, words: String)] = [
      (["graph", "listin"], 65, "Did you mean 'listing'?"),
      (["graph", "nothing_like_it"], 65, "swell apply"),
      (["graph", "listing", "--version", "7"], 65, "no version 7"),
      (["graph", "/nonexistent.yaml"], 65, "[no_such_file]"),
      (["graph", bad], 65, "did you mean 'handler'?"),
      (["graph"], 64, "Say what is to be drawn"),
      (["graph", "listing", "--run", run], 64, "give --run alone"),
      (["graph", bad, "--version", "1"], 64, "drawn by its name"),
      (["graph", "--run", run], 65, "SW007"), (["graph", "listing", "--format", "png"], 64, "png"),
    ]
    for each in cases {
      let ended = try await SwellCommand.run(each.arguments, variables)
      #expect(ended.code == each.code, "\(each.arguments): \(ended.output)")
      #expect(ended.output.contains(each.words), "\(each.arguments): \(ended.output)")
    }
  }
}
