/// What a `FaultProxy` does to everything that passes through it.
public struct TrafficFaults: Sendable {
  /// By how much each call and each reply is late.
  public var delay = Duration.zero
  /// How many bytes each new connection carries in a second, in either direction; nil is as fast as it goes. Such a line
  /// has no calls, and no other faults but a stall and a cut.
  public var bytesPerSecond: Int?
  /// Whether messages of NOTIFY disappear.
  public var losesNotifications = false
  /// Whether new connections are closed at once.
  public var refuses = false
  /// Asked for each new connection: after how many bytes, of both directions together, it is cut;
  /// nil lets it be.
  public var cutAfter: (@Sendable () -> Int?)?

  public init() {}
}
