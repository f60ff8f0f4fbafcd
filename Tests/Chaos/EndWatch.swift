import SwellTesting
import Synchronization

/// Whether a process has ended, without waiting for it.
final class EndWatch: Sendable {
  private let ended = Mutex<Int32?>(nil)

  init(_ worker: WorkerProcess) {
    Task {
      let code = await worker.ended()
      ended.withLock { $0 = code }
    }
  }

  var code: Int32? { ended.withLock { $0 } }
}
