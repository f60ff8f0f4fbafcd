import SwellModel
import Testing

struct HostileDefinitionTests {
  static func codes(_ text: String, _ format: WorkflowDefinition.Format = .yaml) -> [String] {
    do {
      _ = try WorkflowDefinition.parse(text, format: format)
      return []
    } catch {
      return Array(Set(error.problems.map(\.code))).sorted()
    }
  }

  static func laughs(_ levels: Int) -> String {
    var text = "a0: &a0 [l, l, l, l, l, l, l, l, l]\n"
    for level in 1...levels {
      let alias = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
      text += "a\(level): &a\(level) [\(alias)]\n"
    }
    return text
  }

  @Test func `a billion laughs are not expanded`() {
    #expect(Self.codes(Self.laughs(9)) == ["too_many_aliases"])
    let long = "a: &a \"\(String(repeating: "x", count: 10_000))\"\nb: ["
    #expect(
      Self.codes(long + Array(repeating: "*a", count: 200).joined(separator: ", ") + "]")
        == ["too_many_aliases"])
  }

  @Test(arguments: ["*a8 : x", "? *a8\n: x", "? [*a8]\n: x", "b: {[*a8]: x}", "b: {*a8 : x, c: d}"])
  func `a billion laughs as a key are not even compared`(key: String) {
    #expect(Self.codes(Self.laughs(8) + key) == ["invalid_key"])
  }

  @Test func `a few aliases are welcome`() throws {
    let nodes = (0..<200).map { "  n\($0): {handler: h, retry: *r}\n" }.joined()
    let definition = try WorkflowDefinition.parse(
      "workflow: w\ndefaults:\n  retry: &r {strategy: fixed, delay: 1s}\nnodes:\n" + nodes)
    #expect(definition.workflow.nodes[7].retry == .fixed(delay: .seconds(1)))
  }

  @Test(arguments: ["[", "{a: ", "- ", "{\"a\":", "? ", "[[", "{{"])
  func `deep nesting ends in a problem`(opening: String) {
    for count in [101, 900, 20_000, 200_000] {
      let text = String(repeating: opening, count: count)
      #expect(!Self.codes(text).isEmpty)
      #expect(!Self.codes(text, .json).isEmpty)
    }
    let closed = String(repeating: "[", count: 101) + String(repeating: "]", count: 101)
    #expect(Self.codes(closed) == ["too_deep"])
    #expect(Self.codes(closed, .json) == ["too_deep"])
  }

  @Test func `too much is refused before it is read`() {
    let space = String(repeating: " ", count: 1 << 20)
    #expect(Self.codes(space + "a") == ["too_large"])
    #expect(Self.codes(space + "a", .json) == ["too_large"])
    let nodes = (0...10_000).map { "\"n\($0)\":{\"handler\":\"h\"}" }.joined(separator: ",")
    #expect(Self.codes("{\"workflow\":\"w\",\"nodes\":{\(nodes)}}", .json) == ["too_many_nodes"])
  }

  @Test func `ten thousand wrong references are reported without delay`() {
    let nodes = (0..<10_000).map { "\"n\($0)\":{\"handler\":\"h\",\"needs\":\"m\($0)\"}" }
    do {
      _ = try WorkflowDefinition.parse("{\"workflow\":\"w\",\"nodes\":{\(nodes.joined(separator: ","))}}")
      Issue.record("parsed")
    } catch {
      #expect(error.problems.count == 10_000)
      #expect(error.description.hasSuffix("… and 9900 more"))
    }
  }

  @Test func `a chain of nine thousand nodes is no recursion`() throws {
    let nodes = (0..<9_000).map {
      $0 == 0 ? "\"n0\":{\"handler\":\"h\"}" : "\"n\($0)\":{\"handler\":\"h\",\"needs\":\"n\($0 - 1)\"}"
    }
    let definition = try WorkflowDefinition.parse(
      "{\"workflow\":\"w\",\"nodes\":{\(nodes.joined(separator: ","))}}")
    #expect(WorkflowGraph(definition.workflow).roots == [0])
  }

  @Test func `random garbage never crashes`() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededGenerator(seed: seed)
    let fragments = [
      "workflow: w\n", "nodes:\n", "  a:\n", "    handler: h\n", "    needs: [a, b]\n", "  b: ",
      "{", "}", "[", "]", ",", ": ", "\n", "  ", "- ", "&a ", "*a", "!!str ", "|\n", ">\n", "\"",
      "'", "#", "---\n", "...\n", "? ", "<<: ", "%YAML 1.2\n", "\t", "é", "\"a\":", "1", "~", "@",
      "onError: a\n", "    fallback: b\n", "    retry: {delay: 1s}\n", "\r\n", "\u{85}", "\u{FEFF}",
    ]
    for _ in 0..<10_000 {
      let bytes = random.garbage(of: fragments, upTo: 20)
      for format in WorkflowDefinition.Format.allCases {
        do {
          let definition = try WorkflowDefinition.parse(bytes, format: format)
          #expect(
            (try? WorkflowDefinition(stored: definition.json)) == definition, "seed \(seed)")
        } catch {
          #expect(!error.problems.isEmpty, "seed \(seed)")
        }
      }
    }
  }

  @Test func `random graphs are accepted exactly when they have no cycle`() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededGenerator(seed: seed)
    for _ in 0..<300 {
      let count = Int.random(in: 2...8, using: &random)
      var edges: [[Int]] = (0..<count).map { _ in [] }
      for _ in 0..<Int.random(in: 0...count, using: &random) {
        let (a, b) = (Int.random(in: 0..<count, using: &random), Int.random(in: 0..<count, using: &random))
        if a != b, !edges[a].contains(b) { edges[a].append(b) }
      }
      var reach = edges.map(Set.init)
      for _ in 0..<count {
        for node in 0..<count { for next in reach[node] { reach[node].formUnion(reach[next]) } }
      }
      let hasCycle = (0..<count).contains { reach[$0].contains($0) }
      let nodes = edges.enumerated().map { index, needs in
        "  n\(index): {handler: h, needs: [\(needs.map { "n\($0)" }.joined(separator: ", "))]}\n"
      }
      let codes = Self.codes("workflow: w\nnodes:\n" + nodes.joined())
      #expect(codes == (hasCycle ? ["cycle"] : []), "seed \(seed): \(edges)")
    }
  }
}
