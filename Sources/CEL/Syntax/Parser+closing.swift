extension Parser {
  /// A whole expression is read: it is the result, or a part of the innermost open thing.
  mutating func close(_ node: Syntax) throws(CELError) -> State {
    // The lists in it must not be copied here: they grow in place.
    guard let kind = open.last?.kind, let place = open.last?.place else { return .done(node) }
    switch kind {
    case .group:
      try expect(.rightParenthesis, "')' to close the '(' at column \(place.column)")
      open.removeLast()
      return .member(node)
    case .then(let condition):
      try expect(.colon, "':' of the condition whose '?' is at column \(place.column)")
      open[open.count - 1].kind = .otherwise(condition: condition, then: node)
      return .operand
    case .otherwise(let condition, let then):
      open.removeLast()
      operands.append(
        try make(.conditional(condition, then: then, otherwise: node), at: place))
      return .operation
    case .index(let operand, let isOptional):
      try expect(
        .rightBracket, "']' to close the index that began at column \(place.column)")
      open.removeLast()
      return .member(try make(.index(operand, node, isOptional: isOptional), at: place))
    case .call(let name, let target):
      open[open.count - 1].arguments.append(node)
      return try argument(of: name, target, place)
    case .list:
      let isOptional = open[open.count - 1].isOptional
      open[open.count - 1].elements.append(
        Syntax.Element(value: node, isOptional: isOptional))
      return try list(place)
    case .map:
      guard let key = open[open.count - 1].key else {
        try expect(
          .colon, "':' after the key of the map that began at column \(place.column)")
        open[open.count - 1].key = node
        return .operand
      }
      open[open.count - 1].key = nil
      let isOptional = open[open.count - 1].isOptional
      open[open.count - 1].entries.append(
        Syntax.Entry(key: key, value: node, isOptional: isOptional))
      return try map(place)
    }
  }

  private mutating func argument(
    of name: String, _ target: Syntax?, _ place: CELPlace
  ) throws(CELError) -> State {
    if try take(.comma) { return .operand }
    try expect(
      .rightParenthesis,
      "',' or ')' to close the call of '\(name)' that began at column \(place.column)")
    let arguments = open.removeLast().arguments
    return .member(try call(name, target: target, arguments, at: place))
  }

  /// After `[` or an element: the next element, or the end.
  mutating func list(_ place: CELPlace) throws(CELError) -> State {
    let isMore = open[open.count - 1].elements.isEmpty ? true : try take(.comma)
    if isMore, current.kind != .rightBracket {
      open[open.count - 1].isOptional = try take(.question)
      return .operand
    }
    try expect(
      .rightBracket, "',' or ']' to close the list that began at column \(place.column)")
    return .member(try make(.list(open.removeLast().elements), at: place))
  }

  /// After `{` or an entry: the next entry, or the end.
  mutating func map(_ place: CELPlace) throws(CELError) -> State {
    let isMore = open[open.count - 1].entries.isEmpty ? true : try take(.comma)
    if isMore, current.kind != .rightBrace {
      open[open.count - 1].isOptional = try take(.question)
      return .operand
    }
    try expect(
      .rightBrace, "',' or '}' to close the map that began at column \(place.column)")
    return .member(try make(.map(open.removeLast().entries), at: place))
  }
}
