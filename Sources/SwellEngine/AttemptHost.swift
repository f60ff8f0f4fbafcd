import Logging
import SwellPostgres

/// What the attempts of one recorder have in common: referred to, since each of them would copy it.
final class AttemptHost: Sendable {
  let room: TransactionRoom
  let secrets: SecretStore
  let logger: Logger
  /// The largest output of a node, in bytes of JSON.
  let maxOutputBytes: Int

  var worker: PostgresUUID { room.worker }
  var mailbox: Mailbox { room.mailbox }
  var faults: (any FaultInjector)? { room.faults }

  init(room: TransactionRoom, secrets: SecretStore, logger: Logger, maxOutputBytes: Int) {
    self.room = room
    self.secrets = secrets
    self.logger = logger
    self.maxOutputBytes = maxOutputBytes
  }
}
