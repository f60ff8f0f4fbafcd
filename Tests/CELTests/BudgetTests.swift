import CEL
import Testing

/// Whatever an expression says, it ends, and soon.
struct BudgetTests {
  /// A list of numbers as JSON.
  private static func numbers(_ count: Int) -> String {
    "[" + (0..<count).map(String.init).joined(separator: ",") + "]"
  }

  private func expect(_ code: CELError.Code, _ trial: Trial, _ source: String) throws {
    let clock = ContinuousClock()
    let start = clock.now
    let error = try #require(trial.error(source), "\(source) gives a value")
    #expect(error.code == code, "\(source): \(error)")
    #expect(error.place != nil)
    // Generous, for builds without optimization on a busy machine.
    #expect(clock.now - start < .seconds(20))
  }

  @Test func `loops four deep over a thousand elements stop at the steps`() throws {
    let trial = Trial.over(["l": Self.numbers(1000)])
    try expect(.stepLimit, trial, "l.all(a, l.all(b, l.all(c, l.all(d, a + b + c + d >= 0))))")
    try expect(.stepLimit, trial, "l.map(a, l.map(b, l.map(c, l.filter(d, d > c)))).size() > 0")
    try expect(.stepLimit, trial, "l.exists(a, l.exists(b, l.exists(c, 1 / 0 == 1))) || true")
  }

  @Test(arguments: [
    "l.map(a, s + s + s).size() > 0",
    "cel.bind(a, s + s, cel.bind(b, a + a, cel.bind(c, b + b, cel.bind(d, c + c, d + d))))",
    "l.map(a, l).flatten().map(x, s).join()", "l.map(a, l.map(b, [a, b])).size() > 0",
    "l.map(a, s).join(s)", "s.replace('', s)", "'%s%s'.format([l.map(a, s), s])",
    "lists.range(900000000)", "lists.range(9223372036854775807)", "s.split('').map(x, x + s)",
    "base64.encode(bytes(l.map(a, s).join()))", "l.transformMap(i, v, s + string(v))",
  ])
  func `values that grow stop at the memory`(_ source: String) throws {
    var trial = Trial.over([
      "l": Self.numbers(1000), "s": "\"\(String(repeating: "x", count: 5000))\"",
    ])
    trial.limits.memory = 100_000
    try expect(.memoryLimit, trial, source)
  }

  @Test func `what a value shares with itself counts each time it is compared or written`() throws {
    var trial = Trial.over(["l": Self.numbers(100)])
    /// Binds a name forty times to a list of twice what it was before.
    func doubled(_ name: String, _ body: String) -> String {
      (0..<40).reversed().reduce(body) { body, level in
        let inner = level == 0 ? "l" : "\(name)\(level - 1)"
        return "cel.bind(\(name)\(level), [\(inner), \(inner)], \(body))"
      }
    }
    trial.limits.source = 100_000
    try expect(.stepLimit, trial, doubled("a", doubled("b", "a39 == b39")))
    trial.limits.output = 10_000
    let written = doubled("a", "a39")
    let expression = try trial.environment.compile(written)
    let bindings = try trial.bindings()
    let error = #expect(throws: CELError.self) { try expression.evaluateJSON(bindings) }
    #expect(error?.code == .outputLimit)
  }

  @Test func `a source that is too long is refused`() throws {
    var trial = Trial.plain
    trial.limits.source = 20
    try expect(.sourceTooLong, trial, "1 + 2 + 3 + 4 + 5 + 6 + 7")
    try expect(.sourceTooLong, trial, "'" + String(repeating: "ä", count: 30) + "'")
    #expect(trial.result("'äääääääääääääääää'") == "\"äääääääääääääääää\"")
  }

  @Test func `nesting has a limit of its own`() throws {
    var trial = Trial.plain
    trial.limits.depth = 10
    try expect(.tooDeep, trial, "((((((((((1))))))))))")
    try expect(.tooDeep, trial, "1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1")
    #expect(
      trial.result(
        "true && true && true && true && true && true && true && true && true && true && true")
        == "true")
  }

  @Test func `a regular expression has a limit of its own`() throws {
    try expect(.regexTooLarge, .plain, "'a'.matches('((a{100}){100}){100}')")
    try expect(.regexTooLarge, .plain, "'a'.matches('((((){1000}){1000}){1000}){1000}')")
    try expect(.regexTooLarge, .over(["p": "\"(a{1000}){1000}\""]), "'a'.matches(p)")
  }

  @Test func `searching a long text takes steps`() throws {
    let text = "\"" + String(repeating: "a", count: 200_000) + "\""
    let trial = Trial.over([
      "s": text, "t": text.replacing("a\"", with: "b\""), "l": Self.numbers(1000),
    ])
    try expect(.stepLimit, trial, "l.all(x, !s.contains('b'))")
    try expect(.stepLimit, trial, "l.all(x, s.indexOf('ab') < x)")
    try expect(.stepLimit, trial, "l.all(x, !s.matches('(a|aa)*b'))")
    try expect(.stepLimit, trial, "l.all(x, s != t)")
    try expect(.stepLimit, trial, "l.all(x, s.size() > x)")
  }

  @Test func `a budget that is spent is not absorbed by logic`() throws {
    var trial = Trial.over(["l": Self.numbers(1000)])
    trial.limits.steps = 500
    try expect(.stepLimit, trial, "l.all(x, x >= 0) || true")
    try expect(.stepLimit, trial, "l.map(y, 1).exists(z, l.all(x, x >= 0))")
  }

  @Test func `within its budget an expression is not disturbed`() {
    let trial = Trial.over(["l": Self.numbers(1000)])
    #expect(trial.result("l.map(x, x * x).filter(x, x % 2 == 0).sum()") == "166167000")
    #expect(trial.result("l.all(a, a > 100 || l.exists(b, b == a))") == "true")
  }

  @Test(arguments: [
    ("[", "1,", "]"), ("", "true && ", "true"), ("", "nope || ", "true"), ("size(", "1, ", "1)"),
    ("{", "", "}"),
    ("[", "a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a,", "1]"), ("[", "f(),", "1]"),
    ("", "!", "true"), ("", "-", "1"),
    ("'a'.matches('(?i)", "a", "')"), ("'a'.matches('", "\\\\pL", "')"),
    ("[", "[1].map(x, x),", "1]"), ("1", "", " // "),
  ])
  func `a long source is compiled in time that grows with its length`(
    _ item: (String, String, String)
  ) {
    let count = item.1.isEmpty ? 0 : 18_000 / item.1.count
    let source = item.0 + String(repeating: item.1, count: count) + item.2
    let trial = Trial.over(["a": "{}"])
    let time = ContinuousClock().measure { _ = trial.result(source) }
    // Generous, for builds without optimization on a busy machine.
    #expect(time < .seconds(10), "\(item): \(time)")
  }
}
