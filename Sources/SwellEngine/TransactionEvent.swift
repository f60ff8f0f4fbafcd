import SwellCore
import SwellModel
import SwellStore

/// What an attempt tells its recorder of its transaction.
enum TransactionEvent: Sendable {
  /// It wants the run for itself.
  case asked(TransactionTicket)
  /// Effect and success are stored, by a record whose reply came at that moment.
  case committed(TransactionTicket, RecordReply, at: Moment)
  /// It is over, and has no effect. With `claimIsGone` the run is somebody else's.
  case left(TransactionTicket, claimIsGone: Bool)
}
