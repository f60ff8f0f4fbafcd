extension Checker {
  mutating func binary(_ node: Syntax) -> CELType {
    guard case .binary(let operation, let left, let right) = node.kind else { return .dyn }
    let a = check(left)
    let b = check(right)
    switch operation {
    case .add, .subtract, .multiply, .divide, .modulo:
      if let type = TypeRules.arithmetic(operation, a, b, promotes: promotes) { return type }
      problem(CELError.overload(operation, a, b), at: node.place)
      return .dyn
    case .equal, .unequal:
      if !TypeRules.comparable(a, b) {
        problem(
          .noSuchOverload,
          "\(a.article) is never equal to \(b.article); convert one of them, or write dyn() "
            + "around it if that is meant", at: node.place)
      }
    case .less, .lessOrEqual, .greater, .greaterOrEqual:
      if !TypeRules.ordered(a, b) { problem(CELError.overload(operation, a, b), at: node.place) }
    case .inside: inside(a, b, at: node.place)
    }
    return .bool
  }

  private mutating func inside(_ a: CELType, _ b: CELType, at place: CELPlace) {
    switch b {
    case .list(let element) where TypeRules.comparable(a, element): break
    case .map(let key, _) where TypeRules.comparable(a, key): break
    case .dyn, .parameter: break
    default: problem(CELError.overload(.inside, a, b), at: place)
    }
  }

  mutating func index(_ node: Syntax) -> CELType {
    guard case .index(let operand, let index, let isOptional) = node.kind else { return .dyn }
    let operandType = check(operand)
    let type = element(operandType, check(index), at: node.place)
    return isOptional ? optional(type) : type
  }

  private mutating func element(
    _ operand: CELType, _ index: CELType, at place: CELPlace
  ) -> CELType {
    switch operand {
    case .dyn, .parameter: return .dyn
    case .list(let element):
      if !index.isNumber, index != .dyn {
        problem(
          .noSuchOverload, "the index of a list is an int, found \(index.article)", at: place)
      }
      return element
    case .map(let key, let value):
      if !TypeRules.comparable(key, index) || index == .null {
        problem(
          .noSuchOverload, "the keys of this map are \(key), found \(index.article)", at: place)
      }
      return value
    case .optional(let content):
      return optional(element(content, index, at: place))
    default:
      problem(
        .noSuchOverload, "'[...]' needs a list or a map, found \(operand.article)", at: place)
      return .dyn
    }
  }

  mutating func loop(_ node: Syntax) -> CELType {
    guard case .loop(let loop) = node.kind else { return .dyn }
    let types = variables(of: loop, over: check(loop.range), at: node.place)
    locals.append((loop.names[0], types.first))
    if loop.names.count == 2 { locals.append((loop.names[1], types.second)) }
    defer { locals.removeLast(loop.names.count) }
    if let filter = loop.filter { condition(filter, of: loop.kind.name) }
    return body(loop, types.first)
  }

  private mutating func variables(
    of loop: Syntax.Loop, over range: CELType, at place: CELPlace
  ) -> (first: CELType, second: CELType) {
    switch range {
    case .list(let element): return loop.names.count == 2 ? (.int, element) : (element, .dyn)
    case .map(let key, let value) where loop.kind != .sortBy: return (key, value)
    case .dyn, .parameter: break
    default:
      let what = loop.kind == .sortBy ? "a list" : "a list or a map"
      problem(
        .noSuchOverload, "\(loop.kind.name)() goes over \(what), found \(range.article)",
        at: place)
    }
    return (.dyn, .dyn)
  }

  private mutating func body(_ loop: Syntax.Loop, _ first: CELType) -> CELType {
    switch loop.kind {
    case .all, .exists, .existsOne, .filter:
      condition(loop.body, of: loop.kind.name)
      return loop.kind == .filter ? .list(first) : .bool
    case .map, .transformList, .transformMap, .transformMapEntry, .sortBy:
      return result(of: loop, first, check(loop.body))
    }
  }

  private mutating func result(
    of loop: Syntax.Loop, _ first: CELType, _ body: CELType
  ) -> CELType {
    switch loop.kind {
    case .map, .transformList: return .list(body)
    case .transformMap: return .map(first, body)
    case .sortBy:
      if !TypeRules.ordered(body, body) {
        problem(
          .noSuchOverload, "sortBy() needs keys that have an order, found \(body.article)",
          at: loop.body.place)
      }
      return .list(first)
    default:
      switch body {
      case .map, .dyn: return body
      default:
        problem(
          .noSuchOverload,
          "the body of \(loop.kind.name)() gives a map, found \(body.article)",
          at: loop.body.place)
        return .dyn
      }
    }
  }

  mutating func bind(_ node: Syntax) -> CELType {
    guard case .bind(let name, let value, let body) = node.kind else { return .dyn }
    locals.append((name, check(value)))
    defer { locals.removeLast() }
    return check(body)
  }

  mutating func optionalMap(_ node: Syntax) -> CELType {
    guard case .optionalMap(let target, let name, let body, let isFlat) = node.kind else {
      return .dyn
    }
    locals.append((name, content(of: check(target), isFlat: isFlat, at: node.place)))
    defer { locals.removeLast() }
    let type = check(body)
    if !isFlat { return .optional(type) }
    if case .optional = type { return type }
    return .optional(.dyn)
  }

  private mutating func content(
    of type: CELType, isFlat: Bool, at place: CELPlace
  ) -> CELType {
    switch type {
    case .optional(let content): return content
    case .dyn: return .dyn
    default:
      problem(
        .noSuchOverload,
        "\(isFlat ? "optFlatMap" : "optMap")() needs an optional, found \(type.article)",
        at: place)
      return .dyn
    }
  }
}
