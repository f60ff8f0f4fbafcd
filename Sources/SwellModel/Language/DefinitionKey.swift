/// A key of a definition: what it is called, what it may hold, and what it is for.
public struct DefinitionKey: Sendable {
  public var name: String
  public var shape: ValueShape
  public var isRequired: Bool
  /// The roles of a node in which it means something; nil is all.
  public var roles: Set<Node.Role>?
  /// What it is, in a few words that can follow its name: editors show them, and so does the problem
  /// when it is missing.
  public var summary: String

  public init(
    _ name: String, _ shape: ValueShape, _ summary: String, isRequired: Bool = false,
    roles: Set<Node.Role>? = nil
  ) {
    self.name = name
    self.shape = shape
    self.summary = summary
    self.isRequired = isRequired
    self.roles = roles
  }

  func isFor(_ role: Node.Role) -> Bool { roles?.contains(role) ?? true }
}

extension [DefinitionKey] {
  var names: [String] { map(\.name) }
}
