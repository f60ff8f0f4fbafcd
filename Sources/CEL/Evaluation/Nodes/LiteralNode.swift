/// A value that is known.
final class LiteralNode: Node {
  let literal: CELValue

  init(_ literal: CELValue) { self.literal = literal }

  func value(_ evaluation: inout Evaluation) throws(CELError) -> CELValue { literal }
}
