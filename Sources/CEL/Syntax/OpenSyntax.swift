/// Something that has begun and is not closed yet.
struct OpenSyntax {
  enum Kind {
    case group
    case call(String, target: Syntax?, [Syntax])
    case list([Syntax.Element], isOptional: Bool)
    case map([Syntax.Entry], key: Syntax?, isOptional: Bool)
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
}
