extension CELTemplate {
  /// The value: of a single expression its own, of other text a string, of JSON what it says.
  ///
  /// - Throws: the `CELError` that ended the evaluation, with its place.
  public func evaluate(_ bindings: CELBindings) throws(CELError) -> CELValue {
    var evaluation = evaluation(bindings)
    switch content {
    case .text(let parts):
      if parts.count == 1, case .expression(let expression) = parts[0] {
        return try expression.evaluate(&evaluation)
      }
      var output = JSONOutput(limit: environment.limits.output)
      try join(parts, to: &output, isEscaped: false, &evaluation)
      return .string(CELString(utf8: output.bytes))
    case .json: return try JSONDocument(try evaluateJSON(bindings)).root
    }
  }

  /// The value as JSON; what is a part of a document is copied as it stands there.
  ///
  /// - Throws: the `CELError` that ended the evaluation, with its place.
  public func evaluateJSON(_ bindings: CELBindings) throws(CELError) -> [UInt8] {
    var evaluation = evaluation(bindings)
    switch content {
    case .text(let parts):
      var output = JSONOutput(limit: environment.limits.output)
      try string(parts, to: &output, &evaluation)
      return output.bytes
    case .json(let segments):
      var output = JSONOutput(limit: environment.limits.output, reserving: 1024)
      for segment in segments {
        switch segment {
        case .raw(let bytes): try output.append(raw: bytes)
        case .string(let parts, let pointer):
          do throws(CELError) {
            try string(parts, to: &output, &evaluation)
          } catch {
            throw error.pointed(pointer)
          }
        }
      }
      return output.bytes
    }
  }

  private func evaluation(_ bindings: CELBindings) -> Evaluation {
    Evaluation(
      bindings, limits: environment.limits, promotes: environment.options.promotesNumbers)
  }

  private func string(
    _ parts: [Part], to output: inout JSONOutput, _ evaluation: inout Evaluation
  ) throws(CELError) {
    if parts.count == 1, case .expression(let expression) = parts[0] {
      let value = try expression.evaluate(&evaluation)
      do throws(CELError) {
        return try output.append(value)
      } catch {
        throw error.placed(expression.place)
      }
    }
    try output.append(raw: CollectionOfOne(UInt8(ascii: "\"")))
    try join(parts, to: &output, isEscaped: true, &evaluation)
    try output.append(raw: CollectionOfOne(UInt8(ascii: "\"")))
  }

  private func join(
    _ parts: [Part], to output: inout JSONOutput, isEscaped: Bool, _ evaluation: inout Evaluation
  ) throws(CELError) {
    for part in parts {
      switch part {
      case .text(let text): try output.append(content: text, isEscaped: isEscaped)
      case .expression(let expression):
        let value = try expression.evaluate(&evaluation)
        do throws(CELError) {
          try output.append(
            content: try text(of: value), isEscaped: isEscaped)
        } catch {
          throw error.placed(expression.place)
        }
      }
    }
  }

  /// A value as a part of text.
  private func text(of value: CELValue) throws(CELError) -> CELString {
    switch value {
    case .string(let text): return text
    case .optional(let content?): return try text(of: content)
    case .type(let type): return CELString(type.name)
    default:
      if let text = try ConversionFunctions.text(of: value) { return CELString(text) }
      return CELString(utf8: try value.json(limit: environment.limits.output))
    }
  }
}
