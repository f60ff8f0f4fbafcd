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
  mutating func check(_ node: Syntax) -> CELType {
    switch node.kind {
    case .literal(let value): return value.type
    case .name, .select: return name(node)
    case .has(let operand, let field, _): return has(operand, field, at: node.place)
    case .index: return index(node)
    case .call: return call(node)
    case .negate(let operand): return negate(operand, at: node.place)
    case .not(let operand): return bool(operand, "'!'")
    case .binary: return binary(node)
    case .logical(let isAnd, let operands):
      for operand in operands { _ = bool(operand, isAnd ? "'&&'" : "'||'") }
      return .bool
    case .conditional(let condition, let then, let otherwise):
      _ = bool(condition, "the condition before '?'")
      return TypeRules.join(check(then), check(otherwise))
    case .list(let elements): return list(elements)
    case .map(let entries): return map(entries)
    case .loop(let loop): return self.loop(loop, at: node.place)
    case .bind, .optionalMap: return bind(node)
    }
  }

  private mutating func bool(_ node: Syntax, _ what: String) -> CELType {
    let type = check(node)
    if type != .bool, type != .dyn {
      problem(.noSuchOverload, "\(what) needs a bool, found \(type.article)", at: node.place)
    }
    return .bool
  }

  private mutating func negate(_ operand: Syntax, at place: CELPlace) -> CELType {
    let type = check(operand)
    switch type {
    case .int, .double, .duration, .dyn: return type
    default:
      problem(
        .noSuchOverload, "'-' needs an int or a double, found \(type.article)", at: place)
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
    if let (parts, isAbsolute) = node.qualifiedName {
      if !isAbsolute, let type = local(parts[0]) {
        if parts.count == 1 { return type }
      } else if let (meaning, count) = names.resolve(parts, isAbsolute: isAbsolute) {
        if count == parts.count {
          switch meaning {
          case .variable(_, let type): return type
          case .type: return .type
          }
        }
      } else if parts.count == 1 {
        unknown(parts[0], at: node.place)
        return .dyn
      }
    }
    guard case .select(let operand, let field, let isOptional) = node.kind else { return .dyn }
    let type = selection(check(operand), field, at: node.place)
    if isOptional {
      if case .optional = type { return type }
      return .optional(type)
    }
    return type
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
      let type = selection(content, field, at: place)
      if case .optional = type { return type }
      return .optional(type)
    default:
      problem(
        .noSuchOverload, "'.\(field)' needs a map, found \(operand.article)", at: place)
      return .dyn
    }
  }

  private mutating func has(_ operand: Syntax, _ field: String, at place: CELPlace) -> CELType {
    _ = selection(check(operand), field, at: place)
    return .bool
  }

  private mutating func list(_ elements: [Syntax.Element]) -> CELType {
    var joined: CELType?
    for element in elements {
      var type = check(element.value)
      if element.isOptional { type = content(type, at: element.value.place) }
      joined = joined.map { TypeRules.join($0, type) } ?? type
    }
    return .list(joined ?? .dyn)
  }

  private mutating func map(_ entries: [Syntax.Entry]) -> CELType {
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
