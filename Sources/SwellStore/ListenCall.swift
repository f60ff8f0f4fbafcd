/// What a worker listens to: `swell_ready` says that a lane has work, `swell_signal` that a run
/// has a message.
public enum ListenCall {
  public static let script = "LISTEN swell_ready; LISTEN swell_signal"
}
