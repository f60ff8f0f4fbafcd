extension CELExpression {
  /// What the expression reads of a variable, found without evaluating it.
  ///
  /// A local variable of the same name is another one, and is not counted.
  public func references(of root: String) -> CELReferences {
    var finder = ReferenceFinder(root)
    finder.visit(tree)
    return finder.references
  }
}
