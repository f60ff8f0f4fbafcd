public import SwellEngine
public import SwellModel

/// A handler that takes and gives JSON as bytes: for those who have a decoder of their own, or
/// need none.
public struct RawHandlerNode: NodeKind {
  public let kind: String
  private let body: @Sendable (Payload, HandlerContext) async throws -> Payload

  public init(
    _ name: String, _ body: @escaping @Sendable (Payload, HandlerContext) async throws -> Payload
  ) {
    self.kind = "handler:\(name)"
    self.body = body
  }

  public func execute(_ request: NodeRequest) async throws -> Payload {
    try await body(request.input, HandlerContext(request, output: Payload.self))
  }
}
