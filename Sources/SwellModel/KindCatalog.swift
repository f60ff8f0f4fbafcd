/// The kinds that a definition may use, and what each accepts.
public struct KindCatalog: Sendable {
  /// One kind.
  public struct Kind: Sendable {
    public var roles: Set<Node.Role>
    /// Checks `with` of a node in a role; paths of problems are relative to it, such as `command[0]`.
    public var check: @Sendable (LocatedObject, Node.Role) -> [DefinitionProblem]

    public init(
      roles: Set<Node.Role>, check: @escaping @Sendable (LocatedObject) -> [DefinitionProblem]
    ) {
      self.init(roles: roles) { with, _ in check(with) }
    }

    /// A kind whose settings mean one thing in one role and another in another.
    public init(
      roles: Set<Node.Role>,
      check: @escaping @Sendable (LocatedObject, Node.Role) -> [DefinitionProblem]
    ) {
      self.roles = roles
      self.check = check
    }
  }

  public private(set) var kinds: [String: Kind]

  public init(_ kinds: [String: Kind] = [:]) {
    self.kinds = kinds
  }

  /// What every worker may have.
  public static let standard = KindCatalog([
    "cel": Kind(roles: [.source, .transform], check: CELKind.check),
    "exec": Kind(roles: [.source, .transform, .sink], check: ExecKind.check),
    "http": Kind(roles: [.source, .transform, .sink], check: HTTPKind.check),
    "log": Kind(roles: [.transform, .sink], check: LogKind.check),
    "sql": Kind(roles: [.source, .sink], check: SQLKind.check),
  ])

  /// The catalog with one kind more.
  public func adding(_ name: String, _ kind: Kind) -> KindCatalog {
    var copy = self
    copy.kinds[name] = kind
    return copy
  }
}
