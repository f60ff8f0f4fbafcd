/// One thing that is wrong with a workflow definition, and where.
public struct DefinitionProblem: Sendable, Hashable {
  /// Stable, such as `unknown_key` or `cycle`.
  public var code: String
  public var message: String
  /// Such as `nodes.charge.retry.maxRetries`; empty for the whole document.
  public var path: String
  public var place: SourcePlace
  /// What was probably meant: a name that exists.
  public var suggestion: String?

  public var line: Int { place.line }
  public var column: Int { place.column }

  public init(
    _ code: String, _ message: String, path: String, at place: SourcePlace,
    suggestion: String? = nil
  ) {
    self.code = code
    self.message = message
    self.path = path
    self.place = place
    self.suggestion = suggestion
  }
}

extension DefinitionProblem: CustomStringConvertible {
  public var description: String {
    var text = "\(line):\(column): \(message)"
    if let suggestion { text += "; did you mean '\(suggestion)'?" }
    return text + " [\(code)]"
  }
}
