/// The kinds that a definition may use, and what each accepts.
public struct KindCatalog: Sendable {
  /// One kind.
  public struct Kind: Sendable {
    public var roles: Set<Node.Role>
    /// What `with` may hold; nil says nothing of it. From this come the check of keys and types, and what
    /// `swell schema` tells editors.
    public var settings: [DefinitionKey]?
    /// Checks of `with` in a role what `settings` cannot say; paths of problems are relative to it, such
    /// as `command[0]`.
    public var check: @Sendable (LocatedObject, Node.Role) -> [DefinitionProblem]
    /// How a worker comes to have it, where that takes a setting: `--root FOLDER`.
    public var flag: String?

    public init(
      roles: Set<Node.Role>, settings: [DefinitionKey]? = nil, flag: String? = nil,
      check: @escaping @Sendable (LocatedObject) -> [DefinitionProblem] = { _ in [] }
    ) {
      self.init(roles: roles, settings: settings, flag: flag) { with, _ in check(with) }
    }

    /// A kind whose settings mean one thing in one role and another in another.
    public init(
      roles: Set<Node.Role>, settings: [DefinitionKey]? = nil, flag: String? = nil,
      check: @escaping @Sendable (LocatedObject, Node.Role) -> [DefinitionProblem]
    ) {
      self.roles = roles
      self.settings = settings
      self.flag = flag
      self.check = check
    }
  }

  public private(set) var kinds: [String: Kind]

  public init(_ kinds: [String: Kind] = [:]) {
    self.kinds = kinds
  }

  /// What every worker may have.
  public static let standard = KindCatalog([
    "cel": Kind(roles: [.source, .transform], settings: CELKind.settings),
    "exec": Kind(
      roles: [.source, .transform, .sink], settings: ExecKind.settings,
      flag: "--allow-exec PROGRAM", check: ExecKind.check),
    "file": Kind(
      roles: [.source, .sink], settings: FileKind.settings, flag: "--root FOLDER",
      check: FileKind.check),
    "http": Kind(
      roles: [.source, .transform, .sink], settings: HTTPKind.settings, check: HTTPKind.check),
    "log": Kind(roles: [.transform, .sink], settings: LogKind.settings),
    "sql": Kind(roles: [.source, .sink], settings: SQLKind.settings, check: SQLKind.check),
  ])

  /// The catalog with one kind more.
  public func adding(_ name: String, _ kind: Kind) -> KindCatalog {
    var copy = self
    copy.kinds[name] = kind
    return copy
  }
}
