/// Finds what cannot work whatever the values are: unknown names, wrong arguments and types.
///
/// It goes on after a problem, so that all of them are found at once.
struct Checker {
  let names: Names
  let promotes: Bool
  var locals: [(name: String, type: CELType)] = []
  private(set) var problems: [CELError] = []

  init(_ environment: CELEnvironment) {
    names = Names(environment)
    promotes = environment.options.promotesNumbers
  }

  mutating func problem(_ code: CELError.Code, _ message: String, at place: CELPlace) {
    problems.append(CELError(code, message, at: place))
  }

  mutating func problem(_ error: CELError, at place: CELPlace) {
    problems.append(error.placed(place))
  }

  /// The type of a node, `dyn` where it is not known.
  @inline(never)
  mutating func check(_ node: Syntax) -> CELType {
    // This frame is on the stack once for every level, so that nothing is taken out here.
    switch node.tag {
    case .literal: return literal(node)
    case .name, .select: return name(node)
    case .has: return has(node)
    case .index: return index(node)
    case .call: return call(node)
    case .negate: return negate(node)
    case .not: return not(node)
    case .binary: return binary(node)
    case .logical: return logical(node)
    case .conditional: return conditional(node)
    case .list: return list(node)
    case .map: return map(node)
    case .loop: return loop(node)
    case .bind: return bind(node)
    case .optionalMap: return optionalMap(node)
    }
  }

  private func literal(_ node: Syntax) -> CELType {
    if case .literal(let value) = node.kind { value.type } else { .dyn }
  }

  private mutating func not(_ node: Syntax) -> CELType {
    guard case .not(let operand) = node.kind else { return .dyn }
    return bool(operand, "'!'")
  }

  private mutating func logical(_ node: Syntax) -> CELType {
    guard case .logical(let isAnd, let operands) = node.kind else { return .dyn }
    for operand in operands { _ = bool(operand, isAnd ? "'&&'" : "'||'") }
    return .bool
  }

  private mutating func conditional(_ node: Syntax) -> CELType {
    guard case .conditional(let condition, let then, let otherwise) = node.kind else {
      return .dyn
    }
    _ = bool(condition, "the condition before '?'")
    let type = check(then)
    return TypeRules.join(type, check(otherwise))
  }

  private mutating func bool(_ node: Syntax, _ what: String) -> CELType {
    let type = check(node)
    if type != .bool, type != .dyn {
      problem(.noSuchOverload, "\(what) needs a bool, found \(type.article)", at: node.place)
    }
    return .bool
  }

  private mutating func negate(_ node: Syntax) -> CELType {
    guard case .negate(let operand) = node.kind else { return .dyn }
    let type = check(operand)
    switch type {
    case .int, .double, .duration, .dyn: return type
    default:
      problem(
        .noSuchOverload, "'-' needs an int or a double, found \(type.article)", at: node.place)
      return .dyn
    }
  }

  mutating func condition(_ node: Syntax, of loop: String) {
    _ = bool(node, "the condition of \(loop)()")
  }

  func local(_ name: String) -> CELType? {
    locals.last { $0.name == name }?.type
  }

  private mutating func name(_ node: Syntax) -> CELType {
    if let type = meaning(node) { return type }
    guard case .select(let operand, let field, let isOptional) = node.kind else { return .dyn }
    let type = selection(check(operand), field, at: node.place)
    return isOptional ? optional(type) : type
  }

  func optional(_ type: CELType) -> CELType {
    if case .optional = type { return type }
    return .optional(type)
  }

  /// The type of what a whole dotted name stands for; nil when it is a selection.
  private mutating func meaning(_ node: Syntax) -> CELType? {
    guard let (parts, isAbsolute) = node.qualifiedName else { return nil }
    if !isAbsolute, let type = local(parts[0]) { return parts.count == 1 ? type : nil }
    guard let (meaning, count) = names.resolve(parts, isAbsolute: isAbsolute) else {
      if parts.count > 1 { return nil }
      unknown(parts[0], at: node.place)
      return .dyn
    }
    guard count == parts.count else { return nil }
    switch meaning {
    case .variable(_, let type): return type
    case .type: return .type
    }
  }

  private mutating func unknown(_ name: String, at place: CELPlace) {
    let known = names.environment.variables.map(\.name) + locals.map(\.name)
    let suggestion = Suggestion.text(name, among: known)
    if suggestion.isEmpty, !known.isEmpty, known.count <= 12 {
      let list = Set(known).sorted().joined(separator: ", ")
      problem(.unknownVariable, "unknown variable '\(name)'; there are \(list)", at: place)
    } else {
      problem(.unknownVariable, "unknown variable '\(name)'\(suggestion)", at: place)
    }
  }

  private mutating func selection(
    _ operand: CELType, _ field: String, at place: CELPlace
  ) -> CELType {
    switch operand {
    case .dyn, .parameter: return .dyn
    case .map(let key, let value):
      if key != .string, key != .dyn {
        problem(
          .noSuchOverload, "'.\(field)' needs a map with keys of string, found \(operand)",
          at: place)
      }
      return value
    case .optional(let content):
      return optional(selection(content, field, at: place))
    default:
      problem(
        .noSuchOverload, "'.\(field)' needs a map, found \(operand.article)", at: place)
      return .dyn
    }
  }

  private mutating func has(_ node: Syntax) -> CELType {
    guard case .has(let operand, let field, _) = node.kind else { return .dyn }
    _ = selection(check(operand), field, at: node.place)
    return .bool
  }

  private mutating func list(_ node: Syntax) -> CELType {
    guard case .list(let elements) = node.kind else { return .dyn }
    var joined: CELType?
    for element in elements {
      var type = check(element.value)
      if element.isOptional { type = content(type, at: element.value.place) }
      joined = joined.map { TypeRules.join($0, type) } ?? type
    }
    return .list(joined ?? .dyn)
  }

  private mutating func map(_ node: Syntax) -> CELType {
    guard case .map(let entries) = node.kind else { return .dyn }
    var keys: CELType?
    var values: CELType?
    for entry in entries {
      let key = check(entry.key)
      switch key {
      case .string, .int, .uint, .bool, .dyn: break
      default:
        problem(
          .noSuchOverload, "a key is a string, int, uint or bool, found \(key.article)",
          at: entry.key.place)
      }
      var value = check(entry.value)
      if entry.isOptional { value = content(value, at: entry.value.place) }
      keys = keys.map { TypeRules.join($0, key) } ?? key
      values = values.map { TypeRules.join($0, value) } ?? value
    }
    return .map(keys ?? .dyn, values ?? .dyn)
  }

  private mutating func content(_ type: CELType, at place: CELPlace) -> CELType {
    switch type {
    case .optional(let content): return content
    case .dyn: return .dyn
    default:
      problem(
        .noSuchOverload, "an entry with '?' needs an optional, found \(type.article)", at: place)
      return .dyn
    }
  }
}
