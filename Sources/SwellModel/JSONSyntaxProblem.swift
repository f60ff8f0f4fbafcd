/// Why a text is not JSON, and where.
public struct JSONSyntaxProblem: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Code: String, Sendable, Hashable {
    case syntax, duplicateKey, tooDeep, numberRange
  }

  public var code: Code
  public var message: String
  public var place: SourcePlace

  public init(_ code: Code, _ message: String, at place: SourcePlace) {
    self.code = code
    self.message = message
    self.place = place
  }

  public var description: String { "\(place.line):\(place.column): \(message)" }
}
