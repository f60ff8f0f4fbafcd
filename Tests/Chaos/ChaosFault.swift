/// The moment of a fault, and how it is told that work went on after it.
struct ChaosFault: Sendable {
  /// Seconds since 1970, by the clock that the ledger writes by.
  var at: Double
  var words: String
  var proof: Proof

  enum Proof: Sendable {
    /// A run that was enqueued after the fault: nothing from before it can have its effect.
    case probe(Task<String?, Never>)
    /// The process that died: one of its nodes in flight starts elsewhere.
    case victim(Int32)
    /// When that was, in seconds since 1970: the case knows by itself.
    case moment(Double)
  }
}
