/// Reads an expression into a tree, or says the first thing that is wrong with it.
///
/// What is open (brackets, calls, conditions) is on a stack of its own, so that the depth of a
/// text does not become the depth of the thread's stack.
struct Parser {
  /// What is expected next.
  enum State {
    case operand
    /// What may be selected from a value that is complete so far.
    case member(Syntax)
    /// An operator, or the end of what is open.
    case operation
    /// The whole expression, at the token after it.
    case done(Syntax)
  }

  private(set) var lexer: Lexer
  private(set) var current: Token
  let hasMacros: Bool
  private let maxDepth: Int
  var open: [OpenSyntax] = []
  var operands: [Syntax] = []
  var operators: [PendingOperator] = []
  /// Where the sign is that belongs to the number that follows.
  var negatedFrom: CELPlace?

  init(_ lexer: Lexer, limits: CELLimits, hasMacros: Bool = true) throws(CELError) {
    self.lexer = lexer
    maxDepth = max(1, min(limits.depth, CELLimits.maxDepth))
    self.hasMacros = hasMacros
    current = try self.lexer.next()
  }

  /// The whole text as one expression.
  mutating func parse() throws(CELError) -> Syntax {
    let tree = try expression()
    guard current.kind == .end else {
      throw syntax("expected an operator or the end of the expression, found \(found)")
    }
    return tree
  }

  /// One expression of a template, up to the `}}` that closes it.
  mutating func parse(inTemplateFrom opening: CELPlace) throws(CELError) -> Syntax {
    let isEmpty = current.kind == .rightBrace && lexer.peek() == 0x7D
    guard !isEmpty else { throw syntax("expected an expression between '${{' and '}}'") }
    let tree = try expression()
    guard current.kind == .rightBrace, lexer.peek() == 0x7D else {
      let code: CELError.Code = current.kind == .end ? .unclosedExpression : .syntax
      throw CELError(
        code,
        "expected an operator or '}}' to close the '${{' at column \(opening.column), found "
          + found, at: current.place)
    }
    return tree
  }

  private mutating func expression() throws(CELError) -> Syntax {
    var state = State.operand
    while true {
      switch state {
      case .operand: state = try operand()
      case .member(let node): state = try member(node)
      case .operation: state = try operation()
      case .done(let node): return node
      }
    }
  }

  mutating func advance() throws(CELError) { current = try lexer.next() }

  mutating func take(_ kind: Token.Kind) throws(CELError) -> Bool {
    guard current.kind == kind else { return false }
    try advance()
    return true
  }

  /// - Parameter context: what is expected and why, such as `')' to close the list`.
  mutating func expect(_ kind: Token.Kind, _ context: @autoclosure () -> String) throws(CELError) {
    guard try take(kind) else { throw syntax("expected \(context()), found \(found)") }
  }

  func syntax(_ message: String) -> CELError { CELError(.syntax, message, at: current.place) }

  var text: String { lexer.text(current.range) }

  /// The current token, for a message.
  var found: String {
    if current.kind == .end { return "the end of the expression" }
    return "'\(text.prefix(40))'"
  }

  func make(_ kind: Syntax.Kind, at place: CELPlace) throws(CELError) -> Syntax {
    let node = Syntax(kind, at: place)
    guard node.height <= maxDepth else { throw tooDeep(place) }
    return node
  }

  private func tooDeep(_ place: CELPlace) -> CELError {
    CELError(.tooDeep, "the expression nests deeper than \(maxDepth) levels", at: place)
  }

  /// Begins something inside of which whole expressions stand.
  mutating func begin(_ kind: OpenSyntax.Kind, at place: CELPlace) throws(CELError) {
    // The expression itself is a level, too.
    guard open.count + 1 < maxDepth else { throw tooDeep(place) }
    open.append(OpenSyntax(kind: kind, place: place, firstOperator: operators.count))
  }
}
