/// What the names of an expression stand for, outside of its local variables.
struct Names {
  enum Meaning {
    case variable(slot: Int, CELType)
    case type(CELType)
  }

  let environment: CELEnvironment
  /// The containers from the inside out, each with a dot at its end; the last one is empty.
  private let prefixes: [String]
  /// No name that has a meaning has more parts.
  private let maxParts: Int

  init(_ environment: CELEnvironment) {
    self.environment = environment
    var prefixes: [String] = []
    var parts = environment.options.container.split(separator: ".")
    while !parts.isEmpty {
      prefixes.append(parts.joined(separator: ".") + ".")
      parts.removeLast()
    }
    self.prefixes = prefixes + [""]
    maxParts = environment.maxParts
  }

  /// The longest beginning of a dotted name that has a meaning, and of how many parts it is.
  func resolve(_ parts: [String], isAbsolute: Bool) -> (meaning: Meaning, count: Int)? {
    for count in (1...min(parts.count, maxParts)).reversed() {
      let name = parts[..<count].joined(separator: ".")
      for prefix in isAbsolute ? [""] : prefixes {
        if let meaning = meaning(prefix + name) { return (meaning, count) }
      }
    }
    return nil
  }

  private func meaning(_ name: String) -> Meaning? {
    if let slot = environment.slots[name] {
      return .variable(slot: slot, environment.variables[slot].type)
    }
    return CELType.denoted[name].map { .type($0) }
  }

  /// The function that a call with a target means, if the target is a namespace: `math.abs`.
  func function(_ target: Syntax, _ name: String, isLocal: (String) -> Bool) -> String? {
    guard let (parts, isAbsolute) = target.qualifiedName, isAbsolute || !isLocal(parts[0]),
      resolve(parts, isAbsolute: isAbsolute) == nil
    else { return nil }
    let full = (parts + [name]).joined(separator: ".")
    return FunctionTable.namespaces.contains(parts[0]) || FunctionTable.functions[full] != nil
      ? full : nil
  }
}
