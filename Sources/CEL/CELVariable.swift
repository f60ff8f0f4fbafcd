/// A name that expressions can use, with its type as far as it is known.
public struct CELVariable: Sendable, Hashable, ExpressibleByStringLiteral {
  public let name: String
  public let type: CELType

  /// - Parameter name: an identifier, which may begin with `$`, or several with dots between.
  public init(_ name: String, _ type: CELType = .dyn) {
    self.name = name
    self.type = type
  }

  public init(stringLiteral name: String) { self.init(name) }
}
