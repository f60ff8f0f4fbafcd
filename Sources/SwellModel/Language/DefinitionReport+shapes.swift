extension DefinitionReport {
  /// Checks the settings of a kind by what it says of them: keys, types, names to choose from.
  mutating func check(
    _ with: LocatedObject, against settings: [DefinitionKey], in role: Node.Role, owner: String
  ) {
    var known = with
    known.members.removeAll { member in
      let named = settings.filter { $0.name == member.key }
      guard !named.isEmpty else { return false }
      if !named.contains(where: { $0.isFor(role) }) {
        let roles = named.flatMap { $0.roles ?? [] }.map(\.rawValue).sorted().alternatives
        add(
          "misplaced_setting", "'\(member.key)' is for a \(roles), and means nothing for a \(role)",
          path: member.key, at: member.keyPlace)
      }
      return true
    }
    let fitting = settings.filter { $0.isFor(role) }
    checkKeys(of: known, known: fitting.names, path: "", owner: owner)
    check(with, fitting, path: "", owner: owner)
  }

  private mutating func check(
    _ object: LocatedObject, _ keys: [DefinitionKey], path: String, owner: String
  ) {
    for key in keys {
      let path = path.appending(key: key.name)
      if let value = object[key.name] {
        check(value, key.shape, path: path)
      } else if key.isRequired {
        add(
          "missing_key", "\(owner) needs '\(key.name)', \(key.summary)", path: path,
          at: object.place)
      }
    }
  }

  private mutating func check(_ value: LocatedValue, _ shape: ValueShape, path: String) {
    if takesTemplates, value.isTemplate { return }
    func wrong(_ code: String, _ what: String) {
      add(code, "\(path) must be \(what), not \(value.description)", path: path, at: value.place)
    }
    switch shape {
    case .any, .named: break
    case .text: _ = string(value, path: path)
    case .filledText:
      if string(value, path: path) == "" {
        add("invalid_value", "\(path) must not be empty", path: path, at: value.place)
      }
    case .matching(let pattern, let what):
      guard let text = string(value, path: path) else { return }
      if let pattern = try? SchemaPattern(pattern), !pattern.matches(text) {
        add("invalid_value", "\(path) must be \(what)", path: path, at: value.place)
      }
    case .choice(let names):
      guard !names.contains(value.string ?? "") else { return }
      add(
        "invalid_value", "\(path) must be \(names.alternatives)", path: path, at: value.place,
        suggestion: value.string.flatMap { suggestion(for: $0, among: names) })
    case .flag: if value.bool == nil { wrong("wrong_type", "true or false") }
    case .whole(let range):
      if !(value.int.map(range.contains) ?? false) {
        wrong("out_of_range", "a whole number from \(range.lowerBound) to \(range.upperBound)")
      }
    case .number(let range):
      if !(value.double.map(range.contains) ?? false) {
        wrong("out_of_range", "a number from \(range.lowerBound) to \(range.upperBound)")
      }
    case .duration: _ = duration(value, path: path)
    case .size:
      let bytes = value.int.map { Int($0) } ?? value.string.flatMap(ByteSizeText.parse)
      if (bytes ?? 0) <= 0 {
        add(
          "invalid_value", "\(path) must be a size above zero: bytes, or a text such as 1MiB",
          path: path, at: value.place)
      }
    case .list(let shape, let least):
      guard let elements = value.array, elements.count >= least else {
        return wrong("wrong_type", least > 0 ? "a list that is not empty" : "a list")
      }
      for (index, element) in elements.enumerated() {
        check(element, shape, path: path + "[\(index)]")
      }
    case .dictionary(let shape):
      guard let object = object(value, path: path) else { return }
      for member in object.members {
        check(member.value, shape, path: path.appending(key: member.key.shortened))
      }
    case .object(let keys):
      guard let object = object(value, path: path) else { return }
      checkKeys(of: object, known: keys.names, path: path, owner: path)
      check(object, keys, path: path, owner: path)
    case .either(let shapes):
      // What is wrong is said of the first way whose type it has, else of the last one.
      var said: DefinitionReport?
      for shape in shapes {
        var trial = DefinitionReport()
        trial.takesTemplates = takesTemplates
        trial.check(value, shape, path: path)
        if trial.problems.isEmpty { return }
        if said == nil || said?.problems.first?.code == "wrong_type" { said = trial }
      }
      for problem in said?.problems ?? [] { add(problem) }
    case .expression(let shape):
      if let shape { check(value, shape, path: path) }
    }
  }
}
