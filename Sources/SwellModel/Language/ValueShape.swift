/// What may stand as a value of a definition.
///
/// One description for two readers: the check at `apply`, and the JSON Schema that editors read.
public indirect enum ValueShape: Sendable {
  case any
  case text
  /// A text that is not empty.
  case filledText
  /// A text that matches a pattern as of `SchemaPattern`; `what` says it in words: `a name such as orders`.
  case matching(String, what: String)
  case choice([String])
  case flag
  case whole(ClosedRange<Int64>)
  case number(ClosedRange<Double>)
  /// `250ms`, `1h30m`.
  case duration
  /// Bytes as a number, or `512KiB`.
  case size
  case list(ValueShape, atLeast: Int = 0)
  /// An object with keys of the author's choice.
  case dictionary(ValueShape)
  /// An object with these keys and no others.
  case object([DefinitionKey])
  case either([ValueShape])
  /// An expression in `${{ }}`, or what is written out in its place.
  case expression(or: ValueShape?)
  /// What `DefinitionSchema` describes under that name.
  case named(String)
}
