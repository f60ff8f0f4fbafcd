/// What is wrong with an expression, a template or a document, and where.
///
/// Compiling gives a list of them in `CELProblems`; evaluating throws the one that ended it.
public struct CELError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What kind of problem it is; the raw values are stable.
  public enum Code: String, Sendable, Hashable, CaseIterable {
    // Of the text.
    case syntax
    case tooDeep = "too_deep"
    case sourceTooLong = "source_too_long"
    case unclosedExpression = "unclosed_expression"
    case invalidRegex = "invalid_regex"
    case regexTooLarge = "regex_too_large"

    // Of names and types.
    case unknownVariable = "unknown_variable"
    case unknownFunction = "unknown_function"
    case argumentCount = "argument_count"
    case dynamicReference = "dynamic_reference"
    case noSuchOverload = "no_such_overload"
    case typeMismatch = "type_mismatch"
    case duplicateKey = "duplicate_key"

    // Of values.
    case unsetVariable = "unset_variable"
    case noSuchKey = "no_such_key"
    case indexOutOfRange = "index_out_of_range"
    case divisionByZero = "division_by_zero"
    case overflow
    case range
    case conversion
    case invalidArgument = "invalid_argument"
    case emptyList = "empty_list"
    case emptyOptional = "empty_optional"
    case notJSON = "not_json"

    // Of budgets.
    case stepLimit = "step_limit"
    case memoryLimit = "memory_limit"
    case outputLimit = "output_limit"

    // Of documents.
    case invalidJSON = "invalid_json"
    case numberRange = "number_range"
    case documentTooLarge = "document_too_large"

    /// Whether it says that a budget is spent: no operator absorbs such an error.
    var endsEvaluation: Bool {
      self == .stepLimit || self == .memoryLimit || self == .outputLimit
    }
  }

  public var code: Code
  public var message: String
  /// Where it is, once that is known.
  public var place: CELPlace?
  /// In a template of a whole JSON value: the JSON pointer of the string it is in.
  public var pointer: String?

  public init(_ code: Code, _ message: String, at place: CELPlace? = nil, pointer: String? = nil) {
    self.code = code
    self.message = message
    self.place = place
    self.pointer = pointer
  }

  public var description: String {
    var text = ""
    if let pointer { text += "\(pointer): " }
    if let place { text += "\(place.line):\(place.column): " }
    return text + message
  }

  /// No overload takes the values given; who called the function says which.
  static let noOverload = CELError(.noSuchOverload, "")

  /// The same error with a place, if it has none yet.
  func placed(_ place: CELPlace) -> CELError {
    guard self.place == nil else { return self }
    var copy = self
    copy.place = place
    return copy
  }
}
