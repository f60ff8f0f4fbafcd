import Foundation
import SwellModel
import Testing

/// `swell test`: what it prints, and with which code it ends.
@Suite struct TestCommandTests {
  private static let workflow = """
    workflow: w
    nodes:
      a: {handler: h}
      pause: {wait: {duration: 2d}, needs: a}
      b: {sink: log, needs: [a, pause]}
    """

  private static let good = """
    workflow: w.yaml
    nodes: {a: {output: {x: 1}}}
    cases:
      - name: a first one
        expect: {took: 2d}
      - name: another
        nodes: {a: [{error: io}, {output: 2}]}
        expect: {nodes: {a: {attempts: 2}}}
    """

  /// A folder with files of these names and texts.
  private func folder(_ files: [String: String]) throws -> String {
    let folder = FileManager.default.temporaryDirectory.path + "/swell-cases-\(UUID().uuidString)"
    for (name, text) in files {
      let path = URL(fileURLWithPath: folder + "/" + name)
      try FileManager.default.createDirectory(
        at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: path, atomically: true, encoding: .utf8)
    }
    return folder
  }

  @Test func `cases that are as expected end with 0`() async throws {
    let folder = try folder(["w.yaml": Self.workflow, "w.test.yaml": Self.good])
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let ended = try await SwellCommand.run(["test", folder + "/w.test.yaml"])
    #expect(ended.code == 0, "\(ended.output)")
    #expect(ended.output.contains("passed  a first one  (after 2d)"))
    #expect(ended.output.hasSuffix("\n2 cases: 2 passed\n"))
    let one = try await SwellCommand.run(["test", folder, "--filter", "first"])
    #expect(one.code == 0 && one.output.hasSuffix("\n1 case: 1 passed\n"), "\(one.output)")
    let none = try await SwellCommand.run(["test", folder, "--filter", "nothing"])
    #expect(none.code == 65 && none.output.contains("[no_cases]"))
  }

  @Test func `a case that is not as expected ends with 1, and says where`() async throws {
    let folder = try folder([
      "w.yaml": Self.workflow,
      "w.test.yaml": Self.good.replacing("took: 2d", with: "took: 1d, output: {y: 1}"),
    ])
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let ended = try await SwellCommand.run(["test", folder])
    #expect(ended.code == 1)
    #expect(ended.output.contains("FAILED  a first one"))
    #expect(ended.output.contains("w.test.yaml:5:14: took: expected 1d, was 2d"), "\(ended.output)")
    #expect(ended.output.contains(".y: expected 1, is not there"), "\(ended.output)")
    #expect(ended.output.hasSuffix("\n2 cases: 1 passed, 1 failed\n"))
  }

  @Test func `what cannot be carried out ends with 65`() async throws {
    let folder = try folder([
      "sub/w.yaml": Self.workflow, "sub/good.test.yaml": Self.good,
      "sub/lacks.test.yaml": "workflow: w.yaml\ncases: [{name: lacks}]",
      "sub/bad.test.yml": "workflow: w.yaml\ncases: [{naem: x}]",
      "sub/away.test.json": #"{"workflow": "gone.yaml", "cases": []}"#,
      "sub/.hidden/no.test.yaml": "hidden", "sub/broken.test.yaml": "workflow: v.yaml\ncases: [{}]",
      "sub/v.yaml": "workflow: v\nnodes: {a: {handlr: x}}",
    ])
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let ended = try await SwellCommand.run(["test", folder])
    #expect(ended.code == 65)
    for words in [
      "lacks.test.yaml:2:9: 'a' (handler:h) was to be executed, and nothing says what it gives; add a: {output: …} [missing_output]",
      "bad.test.yml:2:10: unknown key 'naem' in a case; did you mean 'name'? [unknown_key]",
      "away.test.json:1:14: there is no file gone.yaml beside this one [no_such_file]",
      "v.yaml:2:13: unknown key 'handlr' in node 'a'; did you mean 'handler'? [unknown_key]",
      "passed  another", "6 cases: 2 passed, 4 cannot be carried out",
    ] { #expect(ended.output.contains(words), "\(words)\n\(ended.output)") }
    for path in ["/nonexistent", folder + "/sub/.hidden/none"] {
      let missing = try await SwellCommand.run(["test", path])
      #expect(missing.code == 65 && missing.output.contains("[no_such_file]"), "\(missing.output)")
    }
    let empty = try self.folder(["w.yaml": Self.workflow])
    defer { try? FileManager.default.removeItem(atPath: empty) }
    #expect(try await SwellCommand.run(["test", empty]).output.contains("[no_cases]"))
  }

  @Test func `what happened is shown by moments and waves`() async throws {
    let folder = try folder(["w.yaml": Self.workflow, "w.test.yaml": Self.good])
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let ended = try await SwellCommand.run(["test", folder, "--verbose"])
    let lines = ended.output.split(separator: "\n").map { line in
      line.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
    }
    for line in [
      "AFTER WAVE NODE ATTEMPT", "0s 0 a 1 succeeded", "1 pause 1 waits 2d",
      "2d 1 pause 1 succeeded",
      "2 b 1 succeeded", "run succeeded", "0s 0 a 1 again after 100ms: io: io",
    ] { #expect(lines.contains(line), "\(line)\n\(ended.output)") }
  }

  @Test func `programs read it as JSON`() async throws {
    let folder = try folder([
      "w.yaml": Self.workflow, "w.test.yaml": Self.good,
      "x.test.yaml": "workflow: w.yaml\ncases: [{name: x}]", "y.test.yaml": "workflow: [",
    ])
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let ended = try await SwellCommand.run(["test", folder, "--json"])
    #expect(ended.code == 65)
    let values = try ended.output.split(separator: "\n").map { try JSONValue.parse(Array($0.utf8)) }
    #expect(values.map { $0["passed"]?.bool } == [true, true, false, nil])
    #expect(values[0]["took_ms"]?.int == 172_800_000 && values[0]["state"]?.string == "succeeded")
    #expect(values[0]["nodes"]?[0]?["output"]?["x"]?.int == 1)
    #expect(values[2]["problem"]?["code"]?.string == "missing_output")
    #expect(values[3]["problems"]?[0]?["code"]?.string == "invalid_yaml")
  }
}
