extension Checker {
  mutating func call(_ node: Syntax) -> CELType {
    guard case .call(let name, let target, let arguments) = node.kind else { return .dyn }
    let full = namespaced(name, target)
    var types: [CELType] = []
    if let target, full == nil { types.append(check(target)) }
    for argument in arguments { types.append(check(argument)) }
    return function(
      full ?? name, isMember: target != nil && full == nil, types, at: node.place)
  }

  /// The full name when the target is no value but a namespace: `math.abs`.
  private func namespaced(_ name: String, _ target: Syntax?) -> String? {
    guard let target else { return nil }
    return names.function(target, name) { local($0) != nil }
  }

  private mutating func function(
    _ name: String, isMember: Bool, _ arguments: [CELType], at place: CELPlace
  ) -> CELType {
    let named = (FunctionTable.functions[name] ?? []).filter { $0.isMember == isMember }
    guard !named.isEmpty else {
      problem(.unknownFunction, unknown(name, isMember: isMember, arguments.count), at: place)
      return .dyn
    }
    let fitting = named.filter { $0.takes(arguments.count) }
    guard !fitting.isEmpty else {
      let shown = named.map { $0.signatures[0].shown(name, isMember: isMember) }
      let given = arguments.count - (isMember ? 1 : 0)
      problem(
        .argumentCount,
        "'\(name)' does not take \(given) \(given == 1 ? "argument" : "arguments"); expected "
          + shown.joined(separator: " or "), at: place)
      return .dyn
    }
    var result: CELType?
    for signature in fitting.flatMap(\.signatures) {
      guard let type = apply(signature, fitting[0], arguments) else { continue }
      result = result.map { $0 == type ? type : .dyn } ?? type
    }
    if let result { return result }
    problem(
      CELError.overload(
        name, isMember: isMember, arguments, expected: fitting.flatMap(\.signatures)), at: place)
    return .dyn
  }

  /// What an overload gives; nil when it does not take the arguments.
  private func apply(
    _ signature: Signature, _ function: Function, _ arguments: [CELType]
  ) -> CELType? {
    if function.isVariadic, arguments.count > 1 {
      guard arguments.allSatisfy({ $0.isNumber || $0 == .dyn }) else { return nil }
      return arguments.dropFirst().reduce(arguments[0], TypeRules.join)
    }
    var open: [String: CELType] = [:]
    for (actual, expected) in zip(arguments, signature.parameters) {
      // Rounding and its like take an int where ints are promoted.
      let isPromoted =
        promotes && actual == .int && expected == .double && function.signatures.count == 1
      guard isPromoted || TypeRules.fits(actual, expected, &open) else { return nil }
    }
    return TypeRules.filled(signature.result, open)
  }

  private func unknown(_ name: String, isMember: Bool, _ count: Int) -> String {
    let what = isMember ? "method" : "function"
    if let others = FunctionTable.functions[name], let other = others.first {
      let right = other.isMember ? "x.\(name)(…)" : "\(name)(…)"
      return "'\(name)' is no \(what); write \(right)"
    }
    if let form = FunctionTable.macros[name] {
      return "'\(name)' is called as x.\(name)\(form)"
    }
    if name == "has" { return "'has' is called as has(a.b)" }
    let known = FunctionTable.functions.values.joined().filter { $0.isMember == isMember }
    let candidates = known.map(\.name) + (isMember ? Array(FunctionTable.macros.keys) : ["has"])
    return "unknown \(what) '\(name)'\(Suggestion.text(name, among: candidates))"
  }
}
