/// How one attempt to execute a node ended, before any rule has looked at it.
public enum AttemptResult: Sendable {
  case success(Payload)
  indirect case failure(NodeError)
  /// Nothing was executed: another worker is trying the circuit.
  case notTried
}
