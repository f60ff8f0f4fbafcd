/// Collects the problems of one text while it is read.
package struct DefinitionReport {
  package private(set) var problems: [DefinitionProblem] = []
  private var looks = 0
  /// Whether a string with an expression in it may stand for any value: what it gives is known later.
  package var takesTemplates = false

  package init() {}

  package mutating func add(
    _ code: String, _ message: String, path: String, at place: SourcePlace,
    suggestion: String? = nil
  ) {
    problems.append(
      DefinitionProblem(code, message, path: path, at: place, suggestion: suggestion))
  }

  package mutating func add(_ problem: DefinitionProblem) {
    problems.append(problem)
  }

  /// The known name that is nearest to `name`. Only the first mistakes of a definition get
  /// one: comparing ten thousand with ten thousand names would take minutes.
  package mutating func suggestion(
    for name: String, among known: some Collection<String>
  ) -> String? {
    looks += max(known.count, 1)
    return looks <= 100_000 ? Spelling.nearest(to: name, among: known) : nil
  }

  /// Reports each key that is not known.
  package mutating func checkKeys(
    of object: LocatedObject, known: [String], path: String, owner: String
  ) {
    for member in object.members where !known.contains(member.key) {
      add(
        "unknown_key", "unknown key '\(member.key.shortened)' in \(owner)",
        path: path.appending(key: member.key), at: member.keyPlace,
        suggestion: suggestion(for: member.key, among: known))
    }
  }

  /// The text of a value, or a problem.
  package mutating func string(_ value: LocatedValue, path: String) -> String? {
    if let text = value.string { return text }
    add(
      "wrong_type", "\(path) must be a string, not \(value.description)", path: path,
      at: value.place)
    return nil
  }

  /// The members of a value that must be an object, or a problem.
  package mutating func object(_ value: LocatedValue, path: String) -> LocatedObject? {
    if let object = value.object { return object }
    if takesTemplates, value.isTemplate { return nil }
    add(
      "wrong_type", "\(path) must be an object, not \(value.description)", path: path,
      at: value.place)
    return nil
  }

  /// A duration above zero, or a problem.
  package mutating func duration(_ value: LocatedValue, path: String) -> Duration? {
    guard let text = value.string else {
      let number = value.int.map { "; say \($0)s for \($0) seconds" } ?? "; say 10s"
      add(
        "invalid_duration",
        "\(path) must be a duration with a unit, not \(value.description)"
          + number, path: path, at: value.place)
      return nil
    }
    do {
      return try DurationText.parse(text)
    } catch {
      add("invalid_duration", error.message, path: path, at: value.place)
      return nil
    }
  }

  /// One of the names, or a problem with a suggestion.
  package mutating func choice<Choice: RawRepresentable & CaseIterable>(
    _ value: LocatedValue, of type: Choice.Type, path: String
  ) -> Choice? where Choice.RawValue == String {
    if takesTemplates, value.isTemplate { return nil }
    let names = Choice.allCases.map(\.rawValue)
    if let choice = value.string.flatMap(Choice.init(rawValue:)) { return choice }
    add(
      "invalid_value", "\(path) must be \(names.alternatives)", path: path, at: value.place,
      suggestion: value.string.flatMap { suggestion(for: $0, among: names) })
    return nil
  }
}

extension String {
  /// The path one key further.
  package func appending(key: String) -> String {
    isEmpty ? key : self + "." + key
  }

  /// The text, at most 60 characters of it: for messages about what somebody wrote.
  package var shortened: String {
    count > 60 ? prefix(60) + "…" : self
  }
}

extension [String] {
  /// `a, b or c`.
  package var alternatives: String {
    guard let last, count > 1 else { return first ?? "" }
    return dropLast().joined(separator: ", ") + " or " + last
  }
}
