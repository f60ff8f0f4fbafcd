/// What a `FaultProxy` does to one call.
public enum CallFault: Sendable, Hashable, CustomStringConvertible {
  /// Answered with this SQLSTATE and never forwarded. Class 57P ends the connection as well, as
  /// the server does.
  case error(String)
  /// Swallowed: no answer ever comes.
  case timeout
  /// Executed; the reply is held back for so long, whether or not anybody still waits.
  case lateReply(Duration)
  /// Held back for so long, then executed all the same, also when the client has gone meanwhile.
  case lateCall(Duration)
  /// The connection ends before the call reaches the server.
  case cutBefore
  /// Executed and committed; the connection ends before the reply.
  case cutAfter
  /// Executed and committed; this SQLSTATE comes in place of the reply, with the severity of what ends the server, and the
  /// connection ends.
  case panicAfter(String)
  /// The server gets this share of the call's bytes, then the connection ends.
  case cutInside(share: Double)
  /// Everything but the last message, the Sync, reaches the server, then the connection ends.
  case cutBeforeSync
  /// Executed and committed; the client gets so many bytes of the reply, then the connection ends.
  case cutReply(bytes: Int)

  public var description: String {
    switch self {
    case .error(let state): "error \(state)"
    case .timeout: "timeout"
    case .lateReply(let time): "reply late by \(time)"
    case .lateCall(let time): "call late by \(time)"
    case .cutBefore: "cut before"
    case .cutAfter: "cut after"
    case .panicAfter(let state): "panic \(state) after"
    case .cutInside(let share): "cut inside, at \(share)"
    case .cutBeforeSync: "cut before the sync"
    case .cutReply(let bytes): "reply cut after \(bytes) bytes"
    }
  }
}
