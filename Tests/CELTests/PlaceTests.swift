import CEL
import Testing

/// Every error says where it is and what was expected there.
struct PlaceTests {
  private let trial = Trial.over(["input": #"{"n": 1, "s": "x"}"#])

  @Test func `a division by zero names its column`() throws {
    let error = try #require(trial.error("input.n + 4 / (input.n - 1)"))
    #expect(error.code == .divisionByZero)
    #expect(error.place == CELPlace(line: 1, column: 13))
  }

  @Test func `lines and columns count characters and not bytes`() throws {
    let error = try #require(trial.error("'größe' ==\n  'ä' + input.nothing"))
    #expect(error.code == .noSuchKey)
    #expect(error.place == CELPlace(line: 2, column: 15))
    #expect(error.message.contains("nothing"))
  }

  @Test(arguments: [
    ("size(input; 1)", 11, "';'"),
    ("size(input", 11, "to close the call of 'size' that began at column 1"),
    ("[1, 2", 6, "to close the list that began at column 1"), ("{'a' 1}", 6, "':' after the key"),
    ("input.[1]", 7, "the name of a field"), ("(1 + 2", 7, "')' to close the '(' at column 1"),
    ("1 +", 4, "expected an expression, found the end"), ("input.n = 1", 9, "write '=='"),
    ("'abc", 1, "no closing"), ("if", 1, "reserved word"), ("1 2", 3, "an operator or the end"),
    ("'\\q'", 1, "unknown escape '\\q'"), ("has(input)", 5, "has(a.b)"),
    ("true ? 1", 9, "':' of the condition"),
    ("[1].map(1, 2)", 9, "the name of a variable"), ("12abc", 3, "cannot follow a number"),
    ("Foo{a: 1}", 4, "messages cannot be made"), ("a.`b", 3, "has no end"), ("1 & 2", 3, "'&&'"),
    ("'a'.matches('(')", 13, "no ')'"),
    ("input['a'", 10, "']' to close the index that began at column 6"),
  ])
  func `a syntax error says what was expected`(_ item: (String, Int, String)) throws {
    let error = try #require(trial.error(item.0))
    #expect(error.place == CELPlace(line: 1, column: item.1), "\(item.0): \(error)")
    #expect(error.message.contains(item.2), "\(item.0): \(error)")
  }

  @Test func `an error in a loop names the place within its body`() throws {
    let error = try #require(trial.error("[1, 0].map(x, 1 / x)"))
    #expect(error.place == CELPlace(line: 1, column: 17))
  }

  @Test func `an error of a function says which values it does not take`() throws {
    let error = try #require(trial.error("input.n.split(',')"))
    #expect(error.code == .noSuchOverload)
    #expect(error.message.contains("int.split(string)"))
    #expect(error.message.contains("string.split(string)"))
    #expect(error.place == CELPlace(line: 1, column: 9))
  }

  @Test func `places count from where the caller says the text begins`() throws {
    let origin = CELPlace(line: 10, column: 5)
    let problems = #expect(throws: CELProblems.self) {
      try CELEnvironment().compile("1 +\n  nope", origin: origin)
    }
    #expect(problems?.all.map(\.place) == [CELPlace(line: 11, column: 3)])
    let first = #expect(throws: CELProblems.self) {
      try CELEnvironment().compile("nope", origin: origin)
    }
    #expect(first?.all.map(\.place) == [origin])
  }
}
