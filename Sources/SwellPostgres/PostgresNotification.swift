/// What another session sent with `NOTIFY`.
public struct PostgresNotification: Sendable, Hashable {
  public let channel: String
  public let payload: String
  /// The process of the sending session.
  public let pid: Int32

  public init(channel: String, payload: String, pid: Int32) {
    self.channel = channel
    self.payload = payload
    self.pid = pid
  }
}
