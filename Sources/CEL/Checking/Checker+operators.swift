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
    let type = element(check(operand), check(index), at: node.place)
    if isOptional {
      if case .optional = type { return type }
      return .optional(type)
    }
    return type
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
      let type = element(content, index, at: place)
      if case .optional = type { return type }
      return .optional(type)
    default:
      problem(
        .noSuchOverload, "'[...]' needs a list or a map, found \(operand.article)", at: place)
      return .dyn
    }
  }

  mutating func loop(_ loop: Syntax.Loop, at place: CELPlace) -> CELType {
    let range = check(loop.range)
    let name = loop.kind.name
    let hasTwo = loop.names.count == 2
    let types: (first: CELType, second: CELType)
    switch range {
    case .list(let element): types = hasTwo ? (.int, element) : (element, .dyn)
    case .map(let key, let value) where loop.kind != .sortBy: types = (key, value)
    case .dyn, .parameter: types = (.dyn, .dyn)
    default:
      let what = loop.kind == .sortBy ? "a list" : "a list or a map"
      problem(
        .noSuchOverload, "\(name)() goes over \(what), found \(range.article)", at: place)
      types = (.dyn, .dyn)
    }
    locals.append((loop.names[0], types.first))
    if hasTwo { locals.append((loop.names[1], types.second)) }
    defer { locals.removeLast(loop.names.count) }
    if let filter = loop.filter { condition(filter, of: name) }
    return body(loop, name: name, types)
  }

  private mutating func body(
    _ loop: Syntax.Loop, name: String, _ types: (first: CELType, second: CELType)
  ) -> CELType {
    switch loop.kind {
    case .all, .exists, .existsOne:
      condition(loop.body, of: name)
      return .bool
    case .filter:
      condition(loop.body, of: name)
      return .list(types.first)
    case .map, .transformList: return .list(check(loop.body))
    case .transformMap: return .map(types.first, check(loop.body))
    case .sortBy:
      let key = check(loop.body)
      if !TypeRules.ordered(key, key) {
        problem(
          .noSuchOverload, "sortBy() needs keys that have an order, found \(key.article)",
          at: loop.body.place)
      }
      return .list(types.first)
    case .transformMapEntry:
      let type = check(loop.body)
      switch type {
      case .map, .dyn: return type
      default:
        problem(
          .noSuchOverload, "the body of \(name)() gives a map, found \(type.article)",
          at: loop.body.place)
        return .dyn
      }
    }
  }

  mutating func bind(_ node: Syntax) -> CELType {
    switch node.kind {
    case .bind(let name, let value, let body):
      let type = check(value)
      locals.append((name, type))
      defer { locals.removeLast() }
      return check(body)
    case .optionalMap(let target, let name, let body, let isFlat):
      var content = CELType.dyn
      switch check(target) {
      case .optional(let type): content = type
      case .dyn: break
      case let other:
        problem(
          .noSuchOverload,
          "\(isFlat ? "optFlatMap" : "optMap")() needs an optional, found \(other.article)",
          at: node.place)
      }
      locals.append((name, content))
      defer { locals.removeLast() }
      let type = check(body)
      if !isFlat { return .optional(type) }
      if case .optional = type { return type }
      return .optional(.dyn)
    default: return .dyn
    }
  }
}
