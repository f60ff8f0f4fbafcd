import Synchronization

/// The permits of one kind, as many for each of its resources.
final class PermitBook: Sendable {
  private let limit: Int
  private let permits = Mutex<[String: Permits]>([:])

  init(limit: Int) {
    self.limit = limit
  }

  func permits(for resource: String) -> Permits {
    permits.withLock { permits in
      if let known = permits[resource] { return known }
      let fresh = Permits(limit)
      permits[resource] = fresh
      return fresh
    }
  }
}
