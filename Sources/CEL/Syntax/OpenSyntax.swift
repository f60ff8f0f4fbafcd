/// Something that has begun and is not closed yet.
struct OpenSyntax {
  enum Kind {
    case group
    case call(String, target: Syntax?)
    case list
    case map
    case index(Syntax, isOptional: Bool)
    /// Between `?` and `:`.
    case then(condition: Syntax)
    /// After the `:` of a condition; ends with what is around it.
    case otherwise(condition: Syntax, then: Syntax)
  }

  var kind: Kind
  let place: CELPlace
  /// The operators from here on are inside of it.
  let firstOperator: Int
  /// What is complete of it: arguments, elements, or entries.
  var arguments: [Syntax] = []
  var elements: [Syntax.Element] = []
  var entries: [Syntax.Entry] = []
  /// The key whose value comes next.
  var key: Syntax?
  /// Whether what comes next has a `?` before it.
  var isOptional = false
}
