extension CELEnvironment {
  /// Compiles text with expressions in `${{ }}`.
  ///
  /// - Parameter origin: where the text begins in the file that it is from.
  /// - Throws: `CELProblems` with all that is wrong, each with its place.
  public func template(
    _ text: String, origin: CELPlace = .start
  ) throws(CELProblems) -> CELTemplate {
    var parser = TemplateParser(text, self, origin: origin)
    let parts = parser.parse()
    guard parser.problems.isEmpty else { throw CELProblems(parser.problems) }
    return CELTemplate(content: .text(parts), environment: self)
  }

  /// Compiles a JSON value whose strings may have expressions in `${{ }}`.
  ///
  /// - Throws: `CELProblems`; each problem of an expression has the JSON pointer of its string,
  ///   and its place in the text of that string.
  public func template(json: [UInt8]) throws(CELProblems) -> CELTemplate {
    let document: JSONDocument
    do throws(CELError) {
      document = try JSONDocument(json)
    } catch {
      throw CELProblems([error])
    }
    var parser = JSONTemplateParser(document, self)
    let segments = parser.parse()
    guard parser.problems.isEmpty else { throw CELProblems(parser.problems) }
    return CELTemplate(content: .json(segments), environment: self)
  }
}
