/// What expressions can use, and within which limits: compiles them.
///
/// An environment is made once; it has no state, and its expressions can be used anywhere.
public struct CELEnvironment: Sendable {
  public let variables: [CELVariable]
  public var limits: CELLimits
  public var options: CELOptions
  let slots: [String: Int]
  /// How many parts the longest dotted name has, of a variable or a type.
  let maxParts: Int

  /// - Parameter variables: of equal names the last one counts.
  public init(
    _ variables: [CELVariable] = [], limits: CELLimits = CELLimits(),
    options: CELOptions = CELOptions()
  ) {
    self.variables = variables
    self.limits = limits
    self.options = options
    slots = Dictionary(
      variables.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { _, last in last })
    maxParts = (variables.map(\.name) + CELType.denoted.keys).reduce(1) { most, name in
      max(most, name.utf8.reduce(1) { $1 == 0x2E ? $0 + 1 : $0 })
    }
  }

  /// Compiles one expression.
  ///
  /// - Parameter origin: where the text begins in the file that it is from; the places of
  ///   problems count from there.
  /// - Throws: `CELProblems` with all that is wrong, each with its place.
  public func compile(
    _ source: String, origin: CELPlace = .start
  ) throws(CELProblems) -> CELExpression {
    let tree: Syntax
    do throws(CELError) {
      let lexer = Lexer(Array(source.utf8), at: origin, limit: limits.source)
      var parser = try Parser(lexer, limits: limits, hasMacros: options.hasMacros)
      tree = try parser.parse()
    } catch {
      throw CELProblems([error])
    }
    return try compile(tree)
  }

  func compile(_ tree: Syntax) throws(CELProblems) -> CELExpression {
    var type = CELType.dyn
    var problems: [CELError] = []
    if options.isChecked {
      var checker = Checker(self)
      type = checker.check(tree)
      problems = checker.problems
    }
    var compiler = Compiler(self)
    compiler.compilePatterns(of: tree)
    let node = compiler.compile(tree)
    problems += compiler.problems
    guard problems.isEmpty else {
      throw CELProblems(problems.sorted { ($0.place ?? .start) < ($1.place ?? .start) })
    }
    return CELExpression(node, tree, type, locals: compiler.localCount, environment: self)
  }
}
