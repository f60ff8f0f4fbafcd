import SwellModel

/// The node kinds that a worker has.
public struct KindRegistry: Sendable {
  private var kinds: [String: Entry] = [:]

  final class Entry: Sendable {
    let kind: any NodeKind
    let permits: PermitBook?

    init(kind: any NodeKind, permits: PermitBook?) {
      self.kind = kind
      self.permits = permits
    }
  }

  public init(_ kinds: [any NodeKind] = []) {
    for kind in kinds { register(kind) }
  }

  /// Adds a kind; one of the same name is replaced.
  public mutating func register(_ kind: any NodeKind) {
    kinds[kind.kind] = Entry(kind: kind, permits: kind.concurrencyLimit.map(PermitBook.init))
  }

  public var names: [String] { kinds.keys.sorted() }

  public func contains(_ kind: String) -> Bool { kinds[kind] != nil }

  func entry(_ kind: String) -> Entry? { kinds[kind] }

  func shutDown() async {
    for entry in kinds.values { await entry.kind.shutDown() }
  }
}
