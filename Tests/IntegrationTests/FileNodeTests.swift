import Foundation
import SwellTesting
import Testing

/// Files by a worker of the command line, from listing to writing.
@Suite struct FileNodeTests {
  @Test func `a folder is listed, its files are read one by one, and a report is written`()
    async throws
  {
    let stage = try await Stage()
    let root = NSTemporaryDirectory() + "swell-root-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: root) }
    try FileManager.default.createDirectory(
      atPath: root + "/in", withIntermediateDirectories: true)
    for (name, text) in [("b.txt", "1\n2\n"), ("a.txt", "1\n2\n3\n"), ("c.md", "1\n")] {
      try Data(text.utf8).write(to: URL(fileURLWithPath: root + "/in/" + name))
    }
    try await stage.database.apply(
      """
      workflow: line_report
      nodes:
        files: {source: file, with: {list: in, pattern: "*.txt"}}
        lines:
          map: {over: "${{ nodes.files }}"}
          source: file
          with: {path: "${{ item.path }}", format: lines}
        report:
          needs: [lines]
          sink: file
          with: {path: "out/${{ input.name }}.csv", columns: [path, lines]}
          input: "${{ lists.range(size(nodes.lines)).map(i, {'path': nodes.files[i].path, 'lines': size(nodes.lines[i])}) }}"
      """)
    try await stage.database.apply(
      """
      workflow: escape
      nodes:
        a: {source: file, with: {path: "${{ input.path }}"}}
      """)
    let good = try await stage.enqueue("line_report", input: #"{"name": "r"}"#)[0]
    let bad = try await stage.enqueue("escape", input: #"{"path": "../secret"}"#)[0]
    // Nobody has the kind yet.
    let idle = try WorkerProcess("swell", arguments: ["worker", "--database", stage.database.url])
    #expect(try await stage.workersRunning(1))
    #expect(try await stage.run(good, "waits_for") == "{file}")
    let worker = try WorkerProcess(
      "swell", arguments: ["worker", "--database", stage.database.url, "--root", root])
    #expect(try await stage.allEnded())
    #expect(try await stage.run(good, "state") == "succeeded")
    #expect(
      try String(contentsOfFile: root + "/out/r.csv", encoding: .utf8)
        == "path,lines\nin/a.txt,3\nin/b.txt,2\n")
    #expect(try await stage.run(good, "output ->> 'bytes'") == "33")
    #expect(try await stage.run(bad, "error ->> 'code'") == "path_outside_root")
    #expect(try await stage.run(bad, "error ->> 'kind'") == "validation")
    #expect(try await stage.end([idle, worker]).isEmpty)
  }
}
