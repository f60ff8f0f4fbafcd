/// What sort of failure an error is; it decides whether a retry can help.
public enum ErrorKind: String, Sendable, Hashable, CaseIterable {
  /// A handler threw something that nobody classified.
  case execution
  /// An attempt took longer than its timeout.
  case timeout
  /// Connection refused or reset, DNS, TLS, HTTP 5xx.
  case transport
  /// The other side asked to slow down; retried at its own time.
  case rateLimited
  /// Files and pipes.
  case io
  /// A subprocess crashed, was killed, or ended non-zero.
  case process
  /// The circuit of the dependency is open.
  case circuitOpen
  /// The worker died while it executed the node.
  case workerLost
  /// The workflow is invalid.
  case definition
  /// Input or output does not fit its type.
  case marshaling
  /// Not JSON, or JSON that PostgreSQL cannot store.
  case serialization
  /// The input was rejected.
  case validation
  /// Over a size limit.
  case tooLarge
  /// Ended by a person or a deadline.
  case cancelled
  /// The handler says that no retry can help.
  case other

  /// Whether a retry may succeed where this failed.
  public var isRetryable: Bool {
    switch self {
    case .execution, .timeout, .transport, .rateLimited, .io, .process: true
    case .circuitOpen, .workerLost, .definition, .marshaling, .serialization, .validation,
      .tooLarge, .cancelled, .other:
      false
    }
  }
}
