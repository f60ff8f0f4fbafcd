import SwellModel
import Synchronization

/// Whether the attempt is asked to stop, for work that is not on a task.
final class FileCancellation: Sendable {
  private let isCancelled = Atomic(false)

  func cancel() {
    isCancelled.store(true, ordering: .relaxed)
  }

  func check() throws(NodeError) {
    guard isCancelled.load(ordering: .relaxed) else { return }
    throw NodeError(.cancelled, "stopped before it was done", code: "handler_cancelled")
  }
}
