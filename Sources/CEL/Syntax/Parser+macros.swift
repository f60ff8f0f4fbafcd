extension Parser {
  /// A call, or what the macro of that name stands for.
  func call(
    _ name: String, target: Syntax?, _ arguments: [Syntax], at place: CELPlace
  ) throws(CELError) -> Syntax {
    if hasMacros {
      if let target {
        if let macro = try memberMacro(name, target, arguments, at: place) {
          return try make(macro, at: place)
        }
      } else if name == "has" {
        return try has(arguments, at: place)
      }
    }
    return try make(.call(name, target: target, arguments), at: place)
  }

  private func has(_ arguments: [Syntax], at place: CELPlace) throws(CELError) -> Syntax {
    guard arguments.count == 1 else {
      throw CELError(
        .argumentCount, "has() takes one argument, a field such as a.b; found \(arguments.count)",
        at: place)
    }
    guard case .select(let operand, let field, let isOptional) = arguments[0].kind else {
      throw CELError(
        .syntax, "has() needs the selection of a field, such as has(a.b); for a key write 'b' in a",
        at: arguments[0].place)
    }
    return try make(.has(operand, field: field, isOptional: isOptional), at: arguments[0].place)
  }

  private func memberMacro(
    _ name: String, _ target: Syntax, _ arguments: [Syntax], at place: CELPlace
  ) throws(CELError) -> Syntax.Kind? {
    let count = arguments.count
    switch (name, count) {
    case ("all", 2...3): return try loop(.all, name, target, arguments, names: count - 1)
    case ("exists", 2...3): return try loop(.exists, name, target, arguments, names: count - 1)
    case ("exists_one", 2...3), ("existsOne", 2...3):
      return try loop(.existsOne, name, target, arguments, names: count - 1)
    case ("map", 2...3): return try loop(.map, name, target, arguments, names: 1)
    case ("filter", 2): return try loop(.filter, name, target, arguments, names: 1)
    case ("sortBy", 2): return try loop(.sortBy, name, target, arguments, names: 1)
    case ("transformList", 3...4):
      return try loop(.transformList, name, target, arguments, names: 2)
    case ("transformMap", 3...4):
      return try loop(.transformMap, name, target, arguments, names: 2)
    case ("transformMapEntry", 3...4):
      return try loop(.transformMapEntry, name, target, arguments, names: 2)
    case ("optMap", 2), ("optFlatMap", 2):
      let local = try local(arguments[0], of: name)
      return .optionalMap(target, name: local, body: arguments[1], isFlat: name == "optFlatMap")
    case ("bind", 3):
      guard case .name("cel", _) = target.kind else { return nil }
      return .bind(try local(arguments[0], of: "cel.bind"), arguments[1], body: arguments[2])
    default: return nil
    }
  }

  private func loop(
    _ kind: Syntax.Loop.Kind, _ name: String, _ range: Syntax, _ arguments: [Syntax], names: Int
  ) throws(CELError) -> Syntax.Kind {
    var locals: [String] = []
    for argument in arguments[..<names] { locals.append(try local(argument, of: name)) }
    if locals.count == 2, locals[0] == locals[1] {
      throw CELError(
        .syntax, "the two variables of '\(name)' must have different names",
        at: arguments[1].place)
    }
    let rest = arguments[names...]
    // Before what is made of an element comes, if at all, which elements are taken.
    return .loop(
      Syntax.Loop(
        kind: kind, range: range, names: locals, filter: rest.count == 2 ? rest.first : nil,
        body: rest[rest.endIndex - 1]))
  }

  private func local(_ node: Syntax, of macro: String) throws(CELError) -> String {
    guard case .name(let name, isAbsolute: false) = node.kind else {
      throw CELError(
        .syntax, "expected the name of a variable as this argument of '\(macro)'", at: node.place)
    }
    return name
  }
}
