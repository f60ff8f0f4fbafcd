public import SwellEngine
public import SwellModel

/// The kind `cel`: gives what the expressions of its `value` came to.
public struct CELNode: NodeKind {
  public let kind = "cel"

  public init() {}

  public func execute(_ request: NodeRequest) async throws -> Payload {
    // The expressions were evaluated when the node was planned.
    guard let value = try request.with.map({ try JSONValue.parse($0) })?["value"] else {
      throw NodeError(.definition, "cel has no 'value'", code: "missing_value")
    }
    return value.payload
  }
}
