/// One execution of a statement within a pipeline.
public struct Call: Sendable {
  public var statement: Statement
  public var parameters: Parameters

  public init(_ statement: Statement, _ parameters: Parameters = Parameters()) {
    self.statement = statement
    self.parameters = parameters
  }
}
