/// A regular expression in the syntax of RE2, for who has texts and no expressions.
public struct CELPattern: Sendable {
  private let program: RegexProgram

  /// - Parameter limit: how many instructions the pattern may become.
  /// - Throws: `invalid_regex` or `regex_too_large`.
  public init(_ pattern: String, limit: Int = 10_000) throws(CELError) {
    var parser = RegexParser(pattern)
    let tree = try parser.parse()
    program = try RegexProgram(tree, sets: parser.sets, limit: limit)
  }

  /// Whether any part of the text matches; nil when that took more steps than were allowed.
  public func matches(_ text: String, steps: Int = .max) -> Bool? {
    var matcher = RegexMatcher(program, budget: steps)
    var text = text
    let isMatch = text.withUTF8 { matcher.matches($0) }
    return isMatch || matcher.steps <= steps ? isMatch : nil
  }
}
