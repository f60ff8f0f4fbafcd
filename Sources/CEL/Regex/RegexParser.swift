/// Reads the syntax of RE2.
struct RegexParser {
  private struct Flags {
    var ignoresCase = false
    var isMultiline = false
    var dotMatchesNewline = false
  }

  let pattern: [Unicode.Scalar]
  var at = 0
  private(set) var sets: [ScalarSet] = []
  private var flags = Flags()
  private var depth = 0

  init(_ pattern: String) { self.pattern = Array(pattern.unicodeScalars) }

  mutating func parse() throws(CELError) -> RegexTree {
    let tree = try choice()
    guard at == pattern.count else { throw wrong("a ')' that closes nothing") }
    return tree
  }

  var current: Unicode.Scalar? { at < pattern.count ? pattern[at] : nil }

  func wrong(_ message: String) -> CELError {
    CELError(.invalidRegex, "in the regular expression, at character \(at + 1): \(message)")
  }

  mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard current == scalar else { return false }
    at += 1
    return true
  }

  mutating func add(_ set: ScalarSet, isNegated: Bool = false) -> RegexTree {
    var set = set
    set.seal(isNegated: isNegated, ignoresCase: flags.ignoresCase)
    sets.append(set)
    return .set(sets.count - 1)
  }

  private mutating func choice() throws(CELError) -> RegexTree {
    depth += 1
    defer { depth -= 1 }
    guard depth <= 25 else { throw wrong("groups nest deeper than 25 levels") }
    var branches = [try sequence()]
    while take("|") { branches.append(try sequence()) }
    return branches.count == 1 ? branches[0] : .choice(branches)
  }

  private mutating func sequence() throws(CELError) -> RegexTree {
    var parts: [RegexTree] = []
    while let scalar = current, scalar != "|", scalar != ")" {
      if pattern[at...].starts(with: "\\Q".unicodeScalars) {
        parts += quoted()
        continue
      }
      if let atom = try atom() { parts.append(try repeated(atom)) }
    }
    return parts.count == 1 ? parts[0] : parts.isEmpty ? .empty : .sequence(parts)
  }

  private mutating func repeated(_ atom: RegexTree) throws(CELError) -> RegexTree {
    var tree = atom
    var count = 0
    while let (low, high) = try quantifier() {
      count += 1
      guard count == 1 else { throw wrong("a repetition of a repetition; put the first in (?:…)") }
      // Which of several matches it is makes no difference here.
      _ = take("?")
      tree = .repetition(tree, min: low, max: high)
    }
    return tree
  }

  private mutating func quantifier() throws(CELError) -> (Int, Int?)? {
    switch current {
    case "*":
      at += 1
      return (0, nil)
    case "+":
      at += 1
      return (1, nil)
    case "?":
      at += 1
      return (0, 1)
    case "{": return try counted()
    default: return nil
    }
  }

  /// `{n}`, `{n,}` or `{n,m}`; any other brace is a character.
  private mutating func counted() throws(CELError) -> (Int, Int?)? {
    let start = at
    at += 1
    guard let low = number() else {
      at = start
      return nil
    }
    var high: Int? = low
    if take(",") { high = current == "}" ? nil : number() ?? -1 }
    guard take("}"), high != -1 else {
      at = start
      return nil
    }
    guard low <= 1000, high ?? 0 <= 1000 else { throw wrong("more than 1000 repetitions") }
    if let high, high < low { throw wrong("a repetition whose second number is below the first") }
    return (low, high)
  }

  private mutating func number() -> Int? {
    var value: Int?
    while let scalar = current, "0"..."9" ~= scalar {
      value = min((value ?? 0) * 10 + Int(scalar.value - 48), 100_000)
      at += 1
    }
    return value
  }

  private mutating func atom() throws(CELError) -> RegexTree? {
    guard let scalar = current else { return nil }
    switch scalar {
    case "(": return try group()
    case "[": return try bracket()
    case "\\": return try escape()
    case ".":
      at += 1
      var newline = ScalarSet()
      if !flags.dotMatchesNewline { newline.insert(0x0A...0x0A) }
      return add(newline, isNegated: true)
    case "^":
      at += 1
      return .assertion(flags.isMultiline ? .beginOfLine : .beginOfText)
    case "$":
      at += 1
      return .assertion(flags.isMultiline ? .endOfLine : .endOfText)
    case "*", "+", "?":
      throw wrong(
        "'\(scalar)' has nothing before it to repeat; write '\\\(scalar)' for the character")
    default:
      at += 1
      return literal(scalar)
    }
  }

  private mutating func literal(_ scalar: Unicode.Scalar) -> RegexTree {
    var set = ScalarSet()
    set.insert(scalar.value...scalar.value)
    return add(set)
  }

  func literalSet(_ scalar: UInt32) -> ScalarSet {
    var set = ScalarSet()
    set.insert(scalar...scalar)
    return set
  }

  /// The characters from `\Q` to `\E` or the end.
  private mutating func quoted() -> [RegexTree] {
    at += 2
    var parts: [RegexTree] = []
    while let scalar = current {
      if pattern[at...].starts(with: "\\E".unicodeScalars) {
        at += 2
        break
      }
      at += 1
      parts.append(literal(scalar))
    }
    return parts
  }

  private mutating func group() throws(CELError) -> RegexTree? {
    let start = at
    at += 1
    let saved = flags
    if take("?") {
      if current == "P" || current == "<" {
        try groupName()
      } else {
        let isGroup = try groupFlags()
        // Flags alone hold to the end of the group around them.
        if !isGroup { return nil }
      }
    }
    let tree = try choice()
    flags = saved
    guard take(")") else {
      at = start
      throw wrong("the group that begins here has no ')'")
    }
    return tree
  }

  private mutating func groupName() throws(CELError) {
    _ = take("P")
    guard take("<") else { throw wrong("expected '<' and a name after '(?P'") }
    if current == "=" || current == "!" { throw wrong("looking behind is not part of RE2") }
    let start = at
    while let scalar = current, scalar != ">" {
      guard scalar == "_" || scalar.properties.isAlphabetic || "0"..."9" ~= scalar else {
        throw wrong("a group name has letters, digits and '_' only")
      }
      at += 1
    }
    guard at > start, take(">") else { throw wrong("the name of the group has no end") }
  }

  /// - Returns: whether a group follows the flags, and not only their end.
  private mutating func groupFlags() throws(CELError) -> Bool {
    var isOn = true
    while let scalar = current {
      at += 1
      switch scalar {
      case "i": flags.ignoresCase = isOn
      case "m": flags.isMultiline = isOn
      case "s": flags.dotMatchesNewline = isOn
      case "U": break
      case "-" where isOn: isOn = false
      case ":": return true
      case ")": return false
      case "=", "!":
        throw wrong("looking ahead is not part of RE2, which matches in linear time")
      default: throw wrong("unknown flag '\(scalar)' of a group; expected one of i m s U")
      }
    }
    throw wrong("the group has no ')'")
  }
}
