/// Looks at one value by the rules of a schema, and stops at the first thing that is wrong.
///
/// The order of the looks and the words are those of `swell.schema_problem`.
struct SchemaCheck {
  /// A schema can branch again and again; then a value takes more than anybody wants to wait for.
  private static let maxSteps = 1_000_000

  let schema: JSONSchema
  private var steps = 0

  init(_ schema: JSONSchema) {
    self.schema = schema
  }

  mutating func problem(in value: ExactValue) -> String? {
    problem(0, value, path: "", depth: 1)
  }

  /// - Parameter path: a JSON pointer.
  mutating func problem(
    _ index: Int, _ value: ExactValue, path: String, depth: Int
  ) -> String? {
    steps += 1
    guard depth <= JSONSchema.maxDepth, steps <= Self.maxSteps else {
      return Self.at(path, "is nested too deep to be checked")
    }
    for keyword in schema.rules[index].keywords {
      if let problem = problem(keyword, value, path: path, depth: depth) { return problem }
    }
    return nil
  }

  static func at(_ path: String, _ words: String) -> String {
    "at \(path.isEmpty || path.hasPrefix(" ") ? "the top" + path : path): \(words)"
  }

  private mutating func problem(
    _ keyword: SchemaRule.Keyword, _ value: ExactValue, path: String, depth: Int
  ) -> String? {
    switch keyword {
    case .nothing: return Self.at(path, "nothing may be here")
    case .reference(let index): return problem(index, value, path: path, depth: depth + 1)
    case .types(let types):
      guard !types.contains(where: { $0.holds(value) }) else { return nil }
      return Self.at(
        path,
        "must be \(types.map(\.words).alternatives), and is \(SchemaType(of: value).words)")
    case .constant(let constant):
      return constant == value ? nil : Self.at(path, "must be " + Self.shown([constant]))
    case .choice(let values):
      return values.contains(value) ? nil : Self.at(path, "must be " + Self.shown(values))
    case .multipleOf, .minimum, .maximum, .exclusiveMinimum, .exclusiveMaximum:
      guard case .number(let number) = value else { return nil }
      return words(keyword, number).map { Self.at(path, $0) }
    case .minLength, .maxLength, .pattern, .format:
      guard case .string(let text) = value else { return nil }
      return words(keyword, text).map { Self.at(path, $0) }
    case .minItems, .maxItems, .uniqueItems, .items:
      guard case .array(let elements) = value else { return nil }
      return problem(keyword, elements, path: path, depth: depth)
    case .minProperties, .maxProperties, .required, .dependentRequired, .propertyNames,
      .properties, .additionalProperties:
      guard case .object(let members) = value else { return nil }
      return problem(keyword, members, path: path, depth: depth)
    case .allOf(let indices):
      for index in indices {
        if let problem = problem(index, value, path: path, depth: depth + 1) { return problem }
      }
      return nil
    case .anyOf(let indices):
      return noneProblem("anyOf", indices, value, path: path, depth: depth)
    case .oneOf(let indices):
      return oneProblem(indices, value, path: path, depth: depth)
    case .not(let index):
      return problem(index, value, path: path, depth: depth + 1) == nil
        ? Self.at(path, "must not fit the schema of not") : nil
    case .conditional(let condition, let then, let otherwise):
      let holds = problem(condition, value, path: path, depth: depth + 1) == nil
      guard let index = holds ? then : otherwise else { return nil }
      return problem(index, value, path: path, depth: depth + 1)
    }
  }

  private mutating func noneProblem(
    _ keyword: String, _ indices: [Int], _ value: ExactValue, path: String, depth: Int
  ) -> String? {
    var first: String?
    for index in indices {
      guard let problem = problem(index, value, path: path, depth: depth + 1) else { return nil }
      first = first ?? problem
    }
    return Self.at(
      path,
      "fits none of the \(indices.count) schemas of \(keyword); the first says: \(first ?? "")")
  }

  private mutating func oneProblem(
    _ indices: [Int], _ value: ExactValue, path: String, depth: Int
  ) -> String? {
    var fitting: Int?
    for (place, index) in indices.enumerated() {
      guard problem(index, value, path: path, depth: depth + 1) == nil else { continue }
      if let fitting {
        return Self.at(
          path,
          "fits more than one schema of oneOf: number \(fitting + 1) and number \(place + 1)")
      }
      fitting = place
    }
    return fitting == nil ? noneProblem("oneOf", indices, value, path: path, depth: depth) : nil
  }

  /// Values to choose from, as far as a line has room.
  private static func shown(_ values: [ExactValue]) -> String {
    var texts: [String] = []
    for value in values {
      switch value {
      case .null: texts.append("null")
      case .bool(let flag): texts.append("\(flag)")
      case .number(let number): texts.append(number.text)
      case .string(let text): texts.append("\"\(String(decoding: text, as: UTF8.self))\"")
      case .array, .object: return "what the schema has"
      }
    }
    guard texts.count > 1 else { return texts.first ?? "" }
    return "one of " + texts.prefix(20).joined(separator: ", ") + (texts.count > 20 ? ", …" : "")
  }
}
