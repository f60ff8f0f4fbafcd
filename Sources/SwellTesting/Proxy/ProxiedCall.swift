/// One call as a `FaultProxy` sees it: all that a client sends up to a Sync, or one simple query.
public struct ProxiedCall: Sendable, Hashable {
  /// Its place among all calls, from 1.
  public var number: Int
  /// The connection that it came on, from 1.
  public var connection: Int
  /// The functions of the protocol that it calls, in order, such as `record_v1` and `claim_v1`;
  /// of another statement its first word.
  public var functions: [String]
  /// Its place among the calls of the same name, from 1.
  public var count: Int
  /// When it was complete.
  public var at: ContinuousClock.Instant

  /// The functions as one word: `record_v1+claim_v1`.
  public var name: String { functions.joined(separator: "+") }

  /// The functions that a statement's text calls, or what else names it.
  static func functions(in text: String) -> [String] {
    let called = text.matches(of: #/(?:FROM|SELECT)\s+swell\.(\w+_v\d+)\(/#).map { String($0.1) }
    if !called.isEmpty { return called }
    if text.contains("set_config") { return ["settings"] }
    let word = text.drop { $0.isWhitespace }.prefix { $0.isLetter }.lowercased()
    return [word.isEmpty ? "nothing" : word]
  }
}
