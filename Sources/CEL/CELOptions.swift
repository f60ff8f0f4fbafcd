/// How expressions are read and computed.
public struct CELOptions: Sendable, Hashable {
  /// Whether an int and a double together make a double, as JSON does not tell 2 from 2.0.
  /// The specification itself has no such arithmetic.
  public var promotesNumbers = true
  /// Whether names and types are checked before evaluating.
  public var isChecked = true
  /// Whether `has`, `all`, `map` and their like are macros.
  public var hasMacros = true
  /// The namespace that names are looked for in first, from the inside out.
  public var container = ""

  public init() {}
}
