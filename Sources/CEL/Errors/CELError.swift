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

  /// What an error says, in one place, so that throwing it moves a pointer only.
  private final class Storage: Sendable {
    let code: Code
    let message: String
    let place: CELPlace?
    let pointer: String?

    init(_ code: Code, _ message: String, _ place: CELPlace?, _ pointer: String?) {
      self.code = code
      self.message = message
      self.place = place
      self.pointer = pointer
    }
  }

  private let storage: Storage

  public init(_ code: Code, _ message: String, at place: CELPlace? = nil, pointer: String? = nil) {
    storage = Storage(code, message, place, pointer)
  }

  public var code: Code { storage.code }
  public var message: String { storage.message }
  /// Where it is, once that is known.
  public var place: CELPlace? { storage.place }
  /// In a template of a whole JSON value: the JSON pointer of the string it is in.
  public var pointer: String? { storage.pointer }

  public static func == (left: CELError, right: CELError) -> Bool {
    (left.code, left.message, left.place, left.pointer)
      == (right.code, right.message, right.place, right.pointer)
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(code)
    hasher.combine(message)
    hasher.combine(place)
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
    self.place == nil ? CELError(code, message, at: place, pointer: pointer) : self
  }

  func pointed(_ pointer: String) -> CELError {
    CELError(code, message, at: place, pointer: pointer)
  }
}
