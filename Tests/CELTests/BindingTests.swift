import CEL
import Testing

/// What names stand for is given by the host, and only when it is asked.
struct BindingTests {
  /// Fields that the host has, one of which it cannot give.
  private struct Outputs: CELFields {
    let known: [String: CELValue]

    func value(of name: String) throws(CELError) -> CELValue? {
      if name == "broken" { throw CELError(.invalidArgument, "the output is not JSON") }
      return known[name]
    }

    var names: [String] { known.keys.sorted() }
  }

  private let environment = CELEnvironment(["nodes", "input", "run"])

  private func bindings() throws -> CELBindings {
    var bindings = CELBindings(environment)
    bindings["nodes"] = .map(
      CELMap(Outputs(known: ["a": try JSONDocument(#"{"x": [1, 2]}"#).root, "b": .int(2)])))
    bindings.set("input", lazily: { () throws(CELError) in try JSONDocument(#"{"n": 3}"#).root })
    return bindings
  }

  @Test(arguments: [
    ("nodes.a.x[1] + nodes.b", "4"), ("has(nodes.c)", "false"), ("has(nodes.b)", "true"),
    ("nodes.?c.orValue(7)", "7"), ("'a' in nodes", "true"), ("size(nodes)", "2"),
    ("nodes['b']", "2"), ("nodes.map(k, k)", #"["a","b"]"#),
    ("nodes", #"{"a":{"x": [1, 2]},"b":2}"#),
    ("input.n * 2", "6"), ("input.n + input.n", "6"), ("nodes == nodes", "true"),
    ("nodes.broken || true", "true"),
  ])
  func `fields and lazy variables are found when they are read`(_ item: (String, String)) throws {
    let json = try environment.compile(item.0).evaluateJSON(try bindings())
    #expect(String(decoding: json, as: UTF8.self) == item.1, "\(item.0)")
  }

  @Test func `an error of the host gets the place of the read`() throws {
    let bindings = try bindings()
    let expression = try environment.compile("1 + nodes.broken")
    let error = #expect(throws: CELError.self) { try expression.evaluate(bindings) }
    #expect(error?.code == .invalidArgument)
    #expect(error?.place == CELPlace(line: 1, column: 11))
  }

  @Test func `a variable without a value is an error only where it is read`() throws {
    let bindings = try bindings()
    #expect(try environment.compile("true || run.id == 1").evaluate(bindings) == .bool(true))
    let expression = try environment.compile("run.id")
    let error = #expect(throws: CELError.self) { try expression.evaluate(bindings) }
    #expect(error?.code == .unsetVariable)
    #expect(error?.message.contains("'run'") == true)
  }

  @Test func `one expression is evaluated by many tasks at once`() async throws {
    let bindings = try bindings()
    let expression = try environment.compile("nodes.a.x.map(i, i + input.n).sum()")
    await withTaskGroup(of: CELValue?.self) { group in
      for _ in 0..<50 { group.addTask { try? expression.evaluate(bindings) } }
      for await value in group { #expect(value == .int(9)) }
    }
  }
}
