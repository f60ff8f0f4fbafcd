import Foundation
public import SwellModel

/// One attempt of a node in a trial: what the node was given.
public struct TrialAttempt: Sendable, Hashable {
  public let node: String
  /// Counted from 1.
  public let attempt: Int
  public let wave: Int
  public let input: Payload
  /// The settings of its kind, with their expressions evaluated.
  public let with: Payload?
  /// Of a map, the place of the item in its list, counted from 0.
  public let index: Int?
  /// Of a map, the item.
  public let item: Payload?
  /// Of a loop, counted from 1.
  public let iteration: Int?
  /// How long after the beginning of the run it was started.
  public let at: Duration

  /// The input as a value.
  ///
  /// - Throws: a `NodeError` of kind `marshaling`, as a worker has it, when it does not fit.
  public func input<Value: Decodable>(as type: Value.Type) throws -> Value {
    do {
      return try JSONDecoder().decode(type, from: Data(input.bytes))
    } catch {
      throw NodeError(
        .marshaling, "the input does not fit \(type): \(error)", code: "input_mismatch",
        context: NodeError.Context(operation: "decode input"))
    }
  }
}
