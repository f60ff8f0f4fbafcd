import SwellCore
import SwellModel
import SwellStore

/// What an attempt tells its recorder of its transaction.
enum TransactionEvent: Sendable {
  /// It wants the run for itself.
  case asked(TransactionTicket)
  /// Its effect is there, to be committed with the record of this success.
  case ended(TransactionTicket, Payload, started: Moment, finished: Moment)
  /// Effect and success are stored.
  case committed(TransactionTicket, RecordReply)
  /// It is over, and has no effect. With `claimIsGone` the run is somebody else's.
  case left(TransactionTicket, claimIsGone: Bool)
}
