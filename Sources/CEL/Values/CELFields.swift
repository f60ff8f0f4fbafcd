/// A map that the host fills on demand, such as the outputs of other nodes.
public protocol CELFields: Sendable {
  /// The value of a field; nil when there is none, so that `has()` is false.
  ///
  /// - Throws: `CELError` when it cannot be had; the evaluation names the place.
  func value(of name: String) throws(CELError) -> CELValue?

  /// The names of all fields that have a value.
  var names: [String] { get }
}
