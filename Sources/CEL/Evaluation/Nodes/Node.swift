/// A node of a compiled expression.
protocol Node: AnyObject, Sendable {
  func value(_ evaluation: inout Evaluation) throws(CELError) -> CELValue
}
