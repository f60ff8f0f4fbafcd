extension CELTemplate {
  /// The expression, if the template is text that is one expression and nothing else.
  public var expression: CELExpression? {
    guard case .text(let parts) = content, parts.count == 1, case .expression(let only) = parts[0]
    else { return nil }
    return only
  }
}
