import Dispatch
import SwellModel

/// Runs what blocks on threads of its own, so that no handler waits for a disk.
enum BlockingWork {
  private static let queue = DispatchQueue(label: "swell.files", attributes: .concurrent)

  static func run<Result: Sendable>(
    _ body: @escaping @Sendable (FileCancellation) throws(NodeError) -> Result
  ) async throws -> Result {
    let cancellation = FileCancellation()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        queue.async {
          do throws(NodeError) {
            continuation.resume(returning: try body(cancellation))
          } catch {
            continuation.resume(throwing: error)
          }
        }
      }
    } onCancel: {
      cancellation.cancel()
    }
  }
}
