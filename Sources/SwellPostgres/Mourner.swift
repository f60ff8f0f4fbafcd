/// One caller waiting for the end of a connection.
// Sendable: handed to the reactor once, and touched only on its thread from then on.
final class Mourner: @unchecked Sendable {
  var continuation: UnsafeContinuation<Void, Never>?
  var isCancelled = false

  func resume() {
    continuation?.resume()
    continuation = nil
  }
}
