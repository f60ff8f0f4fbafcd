import SwellCore
import Synchronization

/// When an attempt began to execute; nil while it waits for a permit.
final class AttemptClock: Sendable {
  private let began = Mutex<Moment?>(nil)

  func begin(_ moment: Moment) {
    began.withLock { $0 = moment }
  }

  var moment: Moment? { began.withLock { $0 } }
}
