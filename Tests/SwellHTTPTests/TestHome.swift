import Synchronization

/// An address that a server is told of after it was made.
final class TestHome: Sendable {
  private let stored = Mutex<String?>(nil)

  var url: String? {
    get { stored.withLock { $0 } }
    set { stored.withLock { $0 = newValue } }
  }
}
