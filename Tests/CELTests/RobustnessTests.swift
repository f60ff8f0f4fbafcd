import CEL
import Foundation
import Testing

/// Nothing that is written in an expression crashes or hangs.
struct RobustnessTests {
  private static let seeds = [
    "nodes.total > 1000 && input.kind == 'x'", "input.items.map(i, i.price * i.quantity).sum()",
    "has(input.a) ? input.a.b[0] : {'k': [1, 2u, 3.5, b'x', null]}",
    "input.?a[?'b'].orValue(optional.of(1).value())",
    "timestamp('2026-01-31T12:00:00Z') + duration('1h') > timestamp(0)",
    "'%s %d %.3f %x'.format(['a', 1, 2.5, 255])",
    "[3, 1, 2].sort().slice(0, 2).flatten().distinct().reverse()",
    "'a,b'.split(',').join('-').replace('a', 'b').substring(1)",
    "input.items.transformMap(i, x, x.id).exists(k, v, k == v)",
    "math.greatest(1, 2.0, 3u) >= math.least([1, 2])",
    "'abc'.matches('^(a|b)*[c-f]{1,3}$')", "cel.bind(x, input.n, x + x * 2 - x / 3 % 4)",
    "-(-1) != !true || size('ä') in [1]",
    "{?'a': optional.none(), 'b': [?optional.of(1)]}",
    "r'\\d' + \"\"\"x\"y\"\"\" + '\\u00e9\\x41\\101'", "type(1) == int && dyn(1) == 1.0",
  ]

  private static let words = [
    "(", ")", "[", "]", "{", "}", ".", ",", ":", "?", "&&", "||", "!", "-", "+", "*", "/", "%",
    "==", "<", "in", "'", "\"", "\\",
    "1", "0", "9223372036854775807", "1e308", "1u", "x", "input", "nodes", "has", ".map(x, ",
    ".all(x, ", "null", "true", "b'", "${{", "}}", "\u{0}", "ü", "😀",
  ]

  @Test func `mutated expressions neither crash nor hang`() throws {
    let seed =
      ProcessInfo.processInfo.environment["SWELL_CEL_SEED"].flatMap(UInt64.init)
      ?? UInt64.random(in: 0...(.max))
    print("Mutated expressions: SWELL_CEL_SEED=\(seed)")
    var random = SeededRandom(seed: seed)
    var limits = CELLimits()
    limits.steps = 20_000
    limits.memory = 1 << 20
    let checked = CELEnvironment(["input", "nodes"], limits: limits)
    var unchecked = checked
    unchecked.options.isChecked = false
    var bindings = CELBindings(checked)
    bindings["input"] = try JSONDocument(
      #"{"a": {"b": [1]}, "n": 7, "kind": "x", "items": [{"id": 0, "price": 1.5, "quantity": 2}]}"#
    ).root
    bindings["nodes"] = try JSONDocument(#"{"total": 1250}"#).root
    var values = 0
    for _ in 0..<6000 {
      let text = Self.mutated(&random)
      for environment in [checked, unchecked] {
        if let expression = try? environment.compile(text) {
          _ = expression.references(of: "nodes")
          if (try? expression.evaluateJSON(bindings)) != nil { values += 1 }
        }
      }
      if let template = try? checked.template("a ${{ \(text) }} b") {
        _ = try? template.evaluate(bindings)
      }
    }
    #expect(values > 100, "seed \(seed)")
  }

  private static func mutated(_ random: inout SeededRandom) -> String {
    var scalars = Array((seeds.randomElement(using: &random) ?? "").unicodeScalars)
    for _ in 0..<Int.random(in: 1...5, using: &random) {
      let at = Int.random(in: 0...scalars.count, using: &random)
      let end = min(scalars.count, at + Int.random(in: 0...6, using: &random))
      switch Int.random(in: 0..<4, using: &random) {
      case 0: scalars.removeSubrange(at..<end)
      case 1: scalars.insert(contentsOf: Array(scalars[at..<end]), at: at)
      case 2:
        let other = Array((seeds.randomElement(using: &random) ?? "").unicodeScalars)
        scalars.insert(
          contentsOf: other.prefix(Int.random(in: 0...other.count, using: &random)), at: at)
      default:
        scalars.insert(
          contentsOf: Array((words.randomElement(using: &random) ?? "").unicodeScalars), at: at)
      }
    }
    return String(String.UnicodeScalarView(scalars))
  }

  /// Runs on a thread whose stack is as small as those of a pool.
  private func onSmallStack<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async
    -> Result
  {
    await withCheckedContinuation { continuation in
      let thread = Thread { continuation.resume(returning: body()) }
      thread.stackSize = 512 << 10
      thread.start()
    }
  }

  private static func repeated(_ open: String, _ core: String, _ close: String, _ count: Int)
    -> String
  {
    String(repeating: open, count: count) + core + String(repeating: close, count: count)
  }

  @Test(arguments: [
    ("(", "1", ")"),
    ("[", "1", "]"), ("{'a': ", "1", "}"), ("1 + ", "1", ""), ("", "1", " + 1"),
    ("-(", "1", ")"), ("!(", "true", ")"),
    ("true ? 1 : ", "1", ""), ("true ? (", "1", ") : 0"), ("size([", "1", "])"),
    ("optional.of(", "1", ").value()"), ("", "input", ".a"), ("", "input", "['a']"),
    ("", "input", ".?a"), ("[1].map(x, ", "1", ")"), ("[1].all(x, ", "true", ")"),
    ("has(", "input", ".a)"), ("cel.bind(x, 1, ", "x", ")"), ("cel.bind(x, ", "1", ", x)"),
    ("optional.of(1).optMap(x, ", "x", ")"), ("true && (", "true", ")"),
    ("false || (", "true", ")"), ("{'a': [", "1", "]}.a[0]"), ("'a' + (", "'b'", ")"),
    ("dyn(", "1", ") == 1"),
    ("math.greatest(", "1", ", 2)"), ("[2, 1].sortBy(x, ", "x", ").first().orValue(1)"),
    ("{'a': 1}.transformMap(k, v, ", "v", ")"), ("[", "1", "].sum()"), ("1 in [", "1", "]"),
    ("'x'.replace(", "'x'", ", 'y')"), ("(1 < ", "2", ") == true ? 1 : 2"),
    ("optional.none().or(optional.of(", "1", ")).orValue(1)"),
  ])
  func `the deepest nesting fits a small stack`(_ item: (String, String, String)) async {
    // Whatever depth still compiles is evaluated, written, compared and searched for references.
    let outcomes = await onSmallStack {
      [40, 62, 80, 120, 124, 245, 249, 250, 251, 3000].map { count -> String in
        var trial = Trial.over(["input": "{\"a\": 1}"])
        trial.limits.source = 1_000_000
        let source = Self.repeated(item.0, item.1, item.2, count)
        guard let expression = try? trial.environment.compile(source) else {
          return trial.result(source)
        }
        _ = expression.references(of: "input")
        guard let bindings = try? trial.bindings(), let value = try? expression.evaluate(bindings)
        else { return "" }
        _ = value == value
        _ = "\(value)"
        return (try? value.json()).map { _ in "" } ?? "unwritable"
      }
    }
    #expect(outcomes.last == "too_deep", "\(item)")
    #expect(outcomes.first != "too_deep", "\(item)")
  }

  @Test func `the deepest document fits a small stack`() async {
    let text = Self.repeated("[{\"a\":", "1", "}]", 250)
    let result = await onSmallStack {
      let trial = Trial.over(["a": text, "b": text])
      return [
        trial.result("a == b"), trial.result("size('%s'.format([a])) > 0"),
        trial.result("[a, b].distinct().size()"),
        trial.result("a.flatten(1000).size()"), trial.result("a[0] == b[0] && a != [b]"),
      ]
    }
    #expect(result == ["true", "true", "1", "1", "true"])
  }
}
