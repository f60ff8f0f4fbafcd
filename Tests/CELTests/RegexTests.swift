import CEL
import Testing

struct RegexTests {
  private func matches(_ text: String, _ pattern: String) -> String {
    let environment = CELEnvironment(["t", "p"])
    var bindings = CELBindings(environment)
    bindings["t"] = .string(text)
    bindings["p"] = .string(pattern)
    do {
      return "\(try environment.compile("t.matches(p)").evaluate(bindings) == .bool(true))"
    } catch {
      return (error as? CELError)?.code.rawValue ?? "\(error)"
    }
  }

  @Test(arguments: [
    ("abc", "b", true), ("abc", "^b", false), ("abc", "c$", true), ("abc", "^abc$", true),
    ("", "^$", true),
    ("ac", "^ab?c$", true), ("abbbc", "^ab*c$", true), ("ac", "^ab+c$", false),
    ("abab", "^(ab){2}$", true),
    ("ababab", "^(ab){1,2}$", false), ("aaa", "^a{2,}$", true), ("a{2", "^a{2$", true),
    ("cat", "^(cat|dog)$", true),
    ("bird", "cat|dog", false), ("a.b", #"a\.b"#, true), ("axb", #"a\.b"#, false),
    ("a\nb", "a.b", false),
    ("a\nb", "(?s)a.b", true), ("x1", #"^\w\d$"#, true), ("x", #"\D"#, true), (" ", #"^\s$"#, true),
    ("-", "[a-c-]", true),
    ("d", "[^a-c]", true), ("]", "[]]", true), ("é", "^.$", true), ("É", "(?i)é", true),
    ("ABC", "(?i)abc", true),
    ("K", "(?i)k", true), ("a", "(?i:A)", true), ("aB", "(?i:a)b", false),
    ("x\ny", "(?m)^y$", true), ("x\ny", "^y$", false),
    ("a b", #"\bb\b"#, true), ("ab", #"a\b"#, false), ("ab", #"a\Bb"#, true),
    ("Ü", #"^\p{Lu}$"#, true), ("ü", #"\p{Lu}"#, false),
    ("ü", #"^\pL$"#, true), ("5", #"\P{L}"#, true), ("٣", #"^\p{Nd}$"#, true),
    ("٣", #"^\d$"#, false), ("x", "[[:alpha:]]", true),
    ("5", "[[:^alpha:]]", true), ("\u{1F600}", #"^\x{1F600}$"#, true), ("A", #"\x41"#, true),
    ("a+b", #"\Qa+b\E"#, true),
    ("aab", #"^(?P<x>a+)b$"#, true), ("ab", "(?<n>a)b", true), ("aaa", "^(a*)*$", true),
    ("", "(|a)*", true), ("ab", "a.*?b", true),
    ("foo.bar", #"^[\w.]+$"#, true), ("b", "[^[:^alpha:]]", true), ("\u{0B}", #"\s"#, false),
    ("x", "(a|b|)x", true),
  ])
  func `patterns match as RE2 has it`(_ item: (String, String, Bool)) {
    #expect(matches(item.0, item.1) == "\(item.2)", "\(item.1) on \(item.0)")
  }

  @Test(arguments: [
    "(", ")", "[a", "*a", "a**", "a{2,1}", "a{1001}", #"\1"#, "(?=a)", "(?!a)", "(?<=a)",
    #"\p{Greek}"#, #"\q"#, #"\C"#,
    "(?P<n", "(?x)a", "[b-a]", #"\x{110000}"#, #"\"#, "[[:nope:]]",
    String(repeating: "(", count: 200),
  ])
  func `what RE2 does not have is refused and said`(_ pattern: String) {
    #expect(matches("a", pattern) == "invalid_regex", "\(pattern)")
  }

  @Test(arguments: [500, 4000, 32_000])
  func `work grows with the text and not with the ways to match it`(_ count: Int) {
    var trial = Trial.over(["t": "\"\(String(repeating: "a", count: count))\""])
    // A few steps for each character, however long the text is.
    trial.limits.steps = 8 * count
    let patterns = [
      "(a*)*b", "(a|a)*b", "(a|aa)+$b", "a?a?a?a?a?a?a?a?a?a?b", "(.*)(.*)(.*)(.*)c",
    ]
    for pattern in patterns {
      #expect(trial.result("t.matches('\(pattern)')") == "false", "\(pattern)")
    }
  }
}
