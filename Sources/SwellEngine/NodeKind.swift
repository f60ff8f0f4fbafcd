public import SwellModel

/// Something that can execute nodes of one kind: a Swift handler, or a kind such as `exec`.
public protocol NodeKind: Sendable {
  /// What the definition calls it: `exec`, `log`, `handler:charge_card`.
  var kind: String { get }
  /// How many of its nodes this worker executes at a time; nil is as many as come.
  var concurrencyLimit: Int? { get }

  /// What a node takes its turn for: the limit holds for each resource by itself. By default there is one.
  func resource(of request: NodeRequest) -> String

  /// Whether an attempt is one `NodeRequest.transaction` and nothing else: then the turn of its run comes
  /// before its time begins.
  func isTransaction(_ request: NodeRequest) -> Bool

  /// Executes one attempt and returns its output: one JSON value.
  ///
  /// The task is cancelled when the attempt's time is over, the run is ending, or the worker
  /// stops. Throws `NodeError` to classify the failure; anything else is an `execution` error.
  func execute(_ request: NodeRequest) async throws -> Payload

  /// Lets go of what the kind keeps between attempts, such as connections. Called when its worker
  /// has stopped; what another worker asks of it afterwards still works.
  func shutDown() async
}

extension NodeKind {
  public var concurrencyLimit: Int? { nil }
  public func resource(of request: NodeRequest) -> String { "" }
  public func isTransaction(_ request: NodeRequest) -> Bool { false }

  public func shutDown() async {}
}
