import CEL
import Testing

/// What an expression reads is known without evaluating it.
struct ReferenceTests {
  private let environment = CELEnvironment(["nodes", "secrets", "input"])

  private func references(_ source: String, of root: String = "nodes") throws -> CELReferences {
    try environment.compile(source).references(of: root)
  }

  @Test(arguments: [
    ("nodes.a.b + nodes['c'].d", ["a", "c"]), ("nodes.?a.?b", ["a"]), ("has(nodes.a)", ["a"]),
    ("nodes[?'a']", ["a"]), ("'a' in nodes", ["a"]), ("input.nodes.a", []),
    ("input.map(nodes, nodes.x)", []),
    ("nodes.a.map(nodes, nodes.x)", ["a"]), ("input.map(x, .nodes.b + x)", ["b"]),
    ("cel.bind(nodes, nodes.a, nodes.b)", ["a"]), ("input.?x.optMap(nodes, nodes.b)", []),
    ("[nodes.a, {'k': nodes.b, nodes.c: 1}]", ["a", "b", "c"]),
    ("size(nodes.a) > 1 ? nodes.b : nodes.c", ["a", "b", "c"]),
    ("nodes.`a-b`", ["a-b"]), ("nodes.a.exists(x, x == nodes.b)", ["a", "b"]),
    ("nodes.a + nodes.a", ["a"]),
  ])
  func `fields are found in every form`(_ item: (String, [String])) throws {
    let found = try references(item.0)
    #expect(found.names == item.1, "\(item.0)")
    #expect(found.problems.isEmpty, "\(item.0): \(found.problems)")
  }

  @Test func `a field that is only tested or optional is told from one that is read`() throws {
    let found = try references(
      "has(nodes.a) && nodes.?b.orValue(1) > 0 && (has(nodes.c) ? nodes.c : 0) > has(nodes.d.e)")
    #expect(found.fields.map(\.isOptional) == [true, true, false, false])
    #expect(
      found.fields[2].places == [CELPlace(line: 1, column: 55), CELPlace(line: 1, column: 66)])
  }

  @Test(arguments: [
    ("nodes[input.x]", 1), ("size(nodes)", 6), ("nodes.map(k, k)", 1),
    ("input.map(x, nodes[x])", 14),
    ("nodes", 1), ("[nodes]", 2), ("input.x in nodes", 12),
  ])
  func `a use whose field is not written out is a problem`(_ item: (String, Int)) throws {
    let found = try references(item.0)
    #expect(found.problems.map(\.code) == [.dynamicReference], "\(item.0)")
    #expect(found.problems.first?.place?.column == item.1, "\(item.0): \(found.problems)")
  }

  @Test func `templates give the references of all their expressions`() throws {
    let template = try environment.template(
      json: Array(
        #"{"a": "${{ nodes.x }} ${{ secrets.KEY }}", "b": ["${{ nodes.y }}", "${{ nodes[input.k] }}"]}"#
          .utf8))
    #expect(template.references(of: "nodes").names == ["x", "y"])
    #expect(template.references(of: "secrets").names == ["KEY"])
    #expect(template.references(of: "nodes").problems.map(\.pointer) == ["/b/1"])
    #expect(
      try environment.template("a ${{ secrets['K'] }}").references(of: "secrets").names == ["K"])
  }
}
