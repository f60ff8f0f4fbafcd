/// A regular expression in the syntax of RE2, matched in time linear in the text.
///
/// All ways to match are followed at once, one character after the other; there is no going
/// back, so that no pattern takes more than its size times the length of the text.
struct LinearRegex: Sendable {
  private let program: RegexProgram

  /// - Parameter limit: how many instructions the pattern may become.
  /// - Throws: `invalid_regex` or `regex_too_large`.
  init(_ pattern: String, limit: Int) throws(CELError) {
    var parser = RegexParser(pattern)
    let tree = try parser.parse()
    program = try RegexProgram(tree, sets: parser.sets, limit: limit)
  }

  /// Whether any part of the text matches.
  func matches(
    _ text: CELString, _ evaluation: inout Evaluation, at place: CELPlace?
  ) throws(CELError) -> Bool {
    var matcher = RegexMatcher(program, budget: evaluation.stepsLeft)
    let isMatch = text.withUTF8 { matcher.matches($0) }
    try evaluation.spend(matcher.steps, at: place)
    return isMatch
  }
}
