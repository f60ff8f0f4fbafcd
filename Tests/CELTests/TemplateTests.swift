import CEL
import Testing

struct TemplateTests {
  private static let documents = [
    "input":
      #"{"id": "A-1", "n": 3, "x": 2.5, "b": true, "z": null, "list": [1, {"a":  2}], "q": "say \"hi\""}"#
  ]
  private let trial = Trial.over(Self.documents)

  private func text(_ template: String) throws -> CELValue {
    try trial.environment.template(template).evaluate(try trial.bindings())
  }

  private func json(_ template: String) throws -> String {
    let compiled = try trial.environment.template(json: Array(template.utf8))
    return String(decoding: try compiled.evaluateJSON(try trial.bindings()), as: UTF8.self)
  }

  private func problems(_ template: String) -> [CELError] {
    do {
      _ = try trial.environment.template(template)
      return []
    } catch {
      return error.all
    }
  }

  @Test func `a string that is one expression gives its value with its type`() throws {
    #expect(try text("${{ input.n }}") == .int(3))
    #expect(try text("${{input.list}}") == (try trial.value("input.list")))
    #expect(try text("${{ {'a': {'b': 1}} }}") == (try trial.value("{'a': {'b': 1}}")))
    #expect(try text("${{ {'a': {'b': 1}}}}") == (try trial.value("{'a': {'b': 1}}")))
    #expect(try text(" ${{ input.n }}") == .string(" 3"))
  }

  @Test(arguments: [
    ("no expression", "no expression"), ("", ""), ("id ${{ input.id }}!", "id A-1!"),
    ("${{ input.n }}${{ input.x }}", "32.5"), ("${{ input.b }} ${{ input.z }}", "true null"),
    ("l=${{ input.list }}", #"l=[1, {"a":  2}]"#),
    ("m=${{ {'k': input.q} }}", #"m={"k":"say \"hi\""}"#),
    ("${{ '}}' }} }}", "}} }}"), ("${{ '${{' }} x", "${{ x"),
    ("$ {{ x }} ${ y }", "$ {{ x }} ${ y }"),
    ("a ${{ \"'}}'\" }} b", "a '}}' b"), ("q: ${{ input.q }}", "q: say \"hi\""),
    ("${{ timestamp(0) }} ${{ duration('90s') }}", "1970-01-01T00:00:00Z 90s"),
    ("${{ input.?nothing }} ${{ input.?n }}", "null 3"),
    ("${{ 1.0 }} ${{ 1u }} ${{ b'x' }} ${{ int }}", "1 1 x int"),
    ("${{ 1 // }} a remark\n }} x", "1 x"), ("größe ${{ 'ü' }}", "größe ü"),
  ])
  func `other strings are joined as text`(_ item: (String, String)) throws {
    #expect(try text(item.0) == .string(item.1), "\(item.0)")
  }

  @Test func `the strings of a JSON value are templates at every depth`() throws {
    let source =
      #"{"a": ["${{ input.n }}", {"b": "x ${{ input.q }} \u00e9"}], "${{ key }}": 1,  "n": 1.50}"#
    #expect(
      try json(source)
        == #"{"a": [3, {"b": "x say \"hi\" é"}], "${{ key }}": 1,  "n": 1.50}"#)
    #expect(try json(#""${{ input.list }}""#) == #"[1, {"a":  2}]"#)
    #expect(try json(#"{"plain": [1, 2]}"#) == #"{"plain": [1, 2]}"#)
    #expect(
      try json(#"["${{ {'a': '\"'} }}", "${{ 'a' }}-${{ '\\n' + '\"' }}"]"#)
        == #"[{"a":"\""}, "a-\n\""]"#)
    let compiled = try trial.environment.template(json: Array(source.utf8))
    #expect(try compiled.evaluate(try trial.bindings()) == JSONDocument(try json(source)).root)
  }

  @Test func `places of a template are those of its whole text`() throws {
    let text = "first line\nä ${{ input.n }} ${{ input.n + nope }}"
    #expect(problems(text).map(\.place) == [CELPlace(line: 2, column: 32)])
    let error = #expect(throws: CELError.self) { try self.text("a\nb ${{ input.n / 0 }}") }
    #expect(error?.place == CELPlace(line: 2, column: 15))
    let moved = #expect(throws: CELProblems.self) {
      try trial.environment.template("x ${{ nope }}", origin: CELPlace(line: 7, column: 11))
    }
    #expect(moved?.all.map(\.place) == [CELPlace(line: 7, column: 17)])
  }

  @Test func `all problems of a template are given at once`() {
    let found = problems("${{ nope }} ${{ 1 + }} ${{ size(1) }} ${{ }} ${{ input.n")
    #expect(
      found.map(\.code) == [
        .unknownVariable, .syntax, .noSuchOverload, .syntax, .unclosedExpression,
      ])
    #expect(found.last?.message.contains("'${{' at column 46") == true)
    #expect(problems("${{ a b }}").first?.message.contains("'}}'") == true)
  }

  @Test func `an error in a JSON template names the string by its pointer`() throws {
    let source = #"{"with": {"a/b~": ["x", "y ${{ input.n / 0 }}"]}}"#
    let compiled = try trial.environment.template(json: Array(source.utf8))
    let bindings = try trial.bindings()
    let error = #expect(throws: CELError.self) { try compiled.evaluateJSON(bindings) }
    #expect(error?.pointer == "/with/a~1b~0/1")
    #expect(error?.place == CELPlace(line: 1, column: 15))
    let problems = #expect(throws: CELProblems.self) {
      try trial.environment.template(
        json: Array(#"[1, {"k": [], "l": "${{ nope }}"}, "${{"]"#.utf8))
    }
    #expect(problems?.all.map(\.pointer) == ["/1/l", "/2"])
    let malformed = #expect(throws: CELProblems.self) {
      try trial.environment.template(json: Array("{\"a\" 1}".utf8))
    }
    #expect(malformed?.all.map(\.code) == [.invalidJSON])
  }

  @Test func `one budget holds for all expressions of a template`() throws {
    var trial = trial
    trial.limits.steps = 60
    let part = "${{ [1, 2, 3].map(x, x + 1) }}"
    let one = try trial.environment.template(part)
    _ = try one.evaluate(try trial.bindings())
    let many = try trial.environment.template(String(repeating: part, count: 20))
    let bindings = try trial.bindings()
    #expect(throws: CELError.self) { try many.evaluate(bindings) }
    trial.limits.steps = 1_000_000
    trial.limits.output = 100
    let long = try trial.environment.template(String(repeating: part, count: 20))
    let error = #expect(throws: CELError.self) { try long.evaluate(bindings) }
    #expect(error?.code == .outputLimit)
  }
}
