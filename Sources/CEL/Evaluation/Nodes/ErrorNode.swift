/// What cannot be evaluated, such as an unknown name in an expression that was not checked.
final class ErrorNode: Node {
  let error: CELError

  init(_ error: CELError) { self.error = error }

  func value(_ evaluation: inout Evaluation) throws(CELError) -> CELValue { throw error }
}
