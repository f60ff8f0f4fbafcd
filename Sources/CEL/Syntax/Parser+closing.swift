extension Parser {
  /// A whole expression is read: it is the result, or a part of the innermost open thing.
  mutating func close(_ node: Syntax) throws(CELError) -> State {
    guard let last = open.last else { return .done(node) }
    switch last.kind {
    case .group:
      try expect(.rightParenthesis, "')' to close the '(' at column \(last.place.column)")
      open.removeLast()
      return .member(node)
    case .then(let condition):
      try expect(.colon, "':' of the condition whose '?' is at column \(last.place.column)")
      open[open.count - 1].kind = .otherwise(condition: condition, then: node)
      return .operand
    case .otherwise(let condition, let then):
      open.removeLast()
      operands.append(
        try make(.conditional(condition, then: then, otherwise: node), at: last.place))
      return .operation
    case .index(let operand, let isOptional):
      try expect(
        .rightBracket, "']' to close the index that began at column \(last.place.column)")
      open.removeLast()
      return .member(try make(.index(operand, node, isOptional: isOptional), at: last.place))
    case .call(let name, let target, let arguments):
      return try argument(arguments + [node], of: name, target, last.place)
    case .list(let elements, let isOptional):
      let element = Syntax.Element(value: node, isOptional: isOptional)
      return try list(elements + [element], last.place)
    case .map(let entries, let key, let isOptional):
      guard let key else {
        try expect(
          .colon, "':' after the key of the map that began at column \(last.place.column)")
        open[open.count - 1].kind = .map(entries, key: node, isOptional: isOptional)
        return .operand
      }
      let entry = Syntax.Entry(key: key, value: node, isOptional: isOptional)
      return try map(entries + [entry], last.place)
    }
  }

  private mutating func argument(
    _ arguments: [Syntax], of name: String, _ target: Syntax?, _ place: CELPlace
  ) throws(CELError) -> State {
    if try take(.comma) {
      open[open.count - 1].kind = .call(name, target: target, arguments)
      return .operand
    }
    try expect(
      .rightParenthesis,
      "',' or ')' to close the call of '\(name)' that began at column \(place.column)")
    open.removeLast()
    return .member(try call(name, target: target, arguments, at: place))
  }

  /// After `[` or an element: the next element, or the end.
  mutating func list(
    _ elements: [Syntax.Element], _ place: CELPlace
  ) throws(CELError) -> State {
    let isMore = elements.isEmpty ? true : try take(.comma)
    if isMore, current.kind != .rightBracket {
      let isOptional = try take(.question)
      open[open.count - 1].kind = .list(elements, isOptional: isOptional)
      return .operand
    }
    try expect(
      .rightBracket, "',' or ']' to close the list that began at column \(place.column)")
    open.removeLast()
    return .member(try make(.list(elements), at: place))
  }

  /// After `{` or an entry: the next entry, or the end.
  mutating func map(_ entries: [Syntax.Entry], _ place: CELPlace) throws(CELError) -> State {
    let isMore = entries.isEmpty ? true : try take(.comma)
    if isMore, current.kind != .rightBrace {
      let isOptional = try take(.question)
      open[open.count - 1].kind = .map(entries, key: nil, isOptional: isOptional)
      return .operand
    }
    try expect(
      .rightBrace, "',' or '}' to close the map that began at column \(place.column)")
    open.removeLast()
    return .member(try make(.map(entries), at: place))
  }
}
