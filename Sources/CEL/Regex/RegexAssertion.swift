/// A place between two characters.
enum RegexAssertion: Sendable {
  case beginOfText, endOfText, beginOfLine, endOfLine, wordBoundary, noWordBoundary

  /// - Parameters: the characters before and after the place, if there are any.
  func holds(before: UInt32?, after: UInt32?) -> Bool {
    switch self {
    case .beginOfText: before == nil
    case .endOfText: after == nil
    case .beginOfLine: before == nil || before == 0x0A
    case .endOfLine: after == nil || after == 0x0A
    case .wordBoundary: Self.isWord(before) != Self.isWord(after)
    case .noWordBoundary: Self.isWord(before) == Self.isWord(after)
    }
  }

  private static func isWord(_ scalar: UInt32?) -> Bool {
    guard let scalar else { return false }
    return switch scalar {
    case 0x30...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A: true
    default: false
    }
  }
}
