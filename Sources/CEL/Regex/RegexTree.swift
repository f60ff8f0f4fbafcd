/// A parsed regular expression.
indirect enum RegexTree: Sendable {
  case empty
  /// One character, of the set at an index.
  case set(Int)
  case assertion(RegexAssertion)
  case sequence([RegexTree])
  case choice([RegexTree])
  case repetition(RegexTree, min: Int, max: Int?)
}
