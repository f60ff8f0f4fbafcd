/// Looks at one value by the rules of a schema, and stops at the first thing that is wrong.
///
/// The order of the looks and the words are those of `swell.schema_problem`.
struct SchemaCheck {
  /// Why it cannot be told whether a value fits. No keyword makes a fit or a misfit of that.
  private enum Doubt {
    case tooDeep, tooLong
  }

  let schema: JSONSchema
  /// How many looks may follow. A schema whose alternatives have alternatives can take more than
  /// anybody wants to wait for.
  private var looks: Int
  private var doubt: Doubt?

  private init(_ schema: JSONSchema, looks: Int) {
    self.schema = schema
    self.looks = looks
  }

  static func problem(in value: ExactValue, by schema: JSONSchema) -> String? {
    var check = SchemaCheck(schema, looks: JSONSchema.minLooks)
    let problem = check.problem(0, value, path: "", depth: 1)
    guard check.doubt == .tooLong else { return problem }
    // A large value may take more.
    let pairs = value.parts.multipliedReportingOverflow(by: ExactValue(schema.source).parts)
    let looks = pairs.overflow ? .max : pairs.partialValue
    guard looks > JSONSchema.minLooks else { return problem }
    check = SchemaCheck(schema, looks: min(looks, JSONSchema.maxLooks))
    return check.problem(0, value, path: "", depth: 1)
  }

  /// - Parameter path: a JSON pointer.
  mutating func problem(
    _ index: Int, _ value: ExactValue, path: String, depth: Int
  ) -> String? {
    looks -= 1
    guard depth <= JSONSchema.maxDepth else {
      doubt = .tooDeep
      return Self.at(path, "is nested too deep to be checked")
    }
    guard looks >= 0 else {
      doubt = .tooLong
      return Self.at(path, "takes too many steps to be checked by this schema")
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
      return anyProblem(indices, value, path: path, depth: depth)
    case .oneOf(let indices):
      return oneProblem(indices, value, path: path, depth: depth)
    case .not(let index):
      let problem = problem(index, value, path: path, depth: depth + 1)
      if problem == nil { return Self.at(path, "must not fit the schema of not") }
      return doubt == nil ? nil : problem
    case .conditional(let condition, let then, let otherwise):
      let problem = problem(condition, value, path: path, depth: depth + 1)
      if doubt != nil { return problem }
      guard let index = problem == nil ? then : otherwise else { return nil }
      return self.problem(index, value, path: path, depth: depth + 1)
    }
  }

  private mutating func anyProblem(
    _ indices: [Int], _ value: ExactValue, path: String, depth: Int
  ) -> String? {
    var first: String?
    for index in indices {
      guard let problem = problem(index, value, path: path, depth: depth + 1) else { return nil }
      if doubt != nil { return problem }
      first = first ?? problem
    }
    return Self.noneFits("anyOf", indices, first, path: path)
  }

  private mutating func oneProblem(
    _ indices: [Int], _ value: ExactValue, path: String, depth: Int
  ) -> String? {
    var first: String?
    var fitting: Int?
    for (place, index) in indices.enumerated() {
      if let problem = problem(index, value, path: path, depth: depth + 1) {
        if doubt != nil { return problem }
        first = first ?? problem
        continue
      }
      if let fitting {
        return Self.at(
          path,
          "fits more than one schema of oneOf: number \(fitting + 1) and number \(place + 1)")
      }
      fitting = place
    }
    return fitting == nil ? Self.noneFits("oneOf", indices, first, path: path) : nil
  }

  private static func noneFits(
    _ keyword: String, _ indices: [Int], _ first: String?, path: String
  ) -> String {
    at(
      path,
      "fits none of the \(indices.count) schemas of \(keyword); the first says: \(first ?? "")")
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
