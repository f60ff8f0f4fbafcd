import Foundation
public import SwellEngine
public import SwellModel

/// Swift code by name: `handler: charge_card` in a workflow.
///
/// Input and output travel as JSON. A value that does not fit its type fails the node as
/// `marshaling`, which no retry can mend.
public struct HandlerNode<Input: Decodable & Sendable, Output: Encodable & Sendable>: NodeKind {
  public let kind: String
  public let concurrencyLimit: Int?
  private let body: @Sendable (Input, HandlerContext) async throws -> Output

  /// - Parameters:
  ///   - name: what the workflow calls it, without `handler:`.
  ///   - concurrencyLimit: how many of its attempts one worker executes at a time.
  ///   - body: throws `NodeError` to classify a failure; anything else is an `execution`
  ///     error and is retried.
  public init(
    _ name: String, concurrencyLimit: Int? = nil,
    _ body: @escaping @Sendable (Input, HandlerContext) async throws -> Output
  ) {
    self.kind = "handler:\(name)"
    self.concurrencyLimit = concurrencyLimit
    self.body = body
  }

  public func execute(_ request: NodeRequest) async throws -> Payload {
    let input: Input
    do {
      input = try JSONDecoder().decode(Input.self, from: Data(request.input.bytes))
    } catch {
      throw NodeError(
        .marshaling, "the input does not fit \(Input.self): \(Self.explain(error))",
        code: "input_mismatch", context: NodeError.Context(operation: "decode input"))
    }
    let output = try await body(input, HandlerContext(request, output: Output.self))
    do {
      return Payload(bytes: Array(try JSONEncoder().encode(output)))
    } catch {
      throw NodeError(
        .marshaling, "the output \(Output.self) cannot be written as JSON: \(Self.explain(error))",
        code: "output_mismatch", context: NodeError.Context(operation: "encode output"))
    }
  }

  private static func explain(_ error: any Error) -> String {
    guard let error = error as? DecodingError else { return "\(error)" }
    func place(_ context: DecodingError.Context) -> String {
      let path = context.codingPath.map(\.stringValue).joined(separator: ".")
      return path.isEmpty ? "at the top" : "at \(path)"
    }
    switch error {
    case .keyNotFound(let key, let context): return "no \(key.stringValue) \(place(context))"
    case .typeMismatch(let type, let context): return "not a \(type) \(place(context))"
    case .valueNotFound(let type, let context): return "null instead of \(type) \(place(context))"
    case .dataCorrupted(let context): return "\(context.debugDescription) \(place(context))"
    @unknown default: return "\(error)"
    }
  }
}
