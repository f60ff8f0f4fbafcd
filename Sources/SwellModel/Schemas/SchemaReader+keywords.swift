extension SchemaReader {
  /// Every keyword that is checked.
  static let checked = [
    "$ref", "type", "const", "enum", "multipleOf", "minimum", "maximum", "exclusiveMinimum",
    "exclusiveMaximum", "minLength", "maxLength", "pattern", "format", "minItems", "maxItems",
    "uniqueItems", "prefixItems", "items", "minProperties", "maxProperties", "required",
    "dependentRequired", "propertyNames", "properties", "additionalProperties", "allOf", "anyOf",
    "oneOf", "not", "if", "then", "else",
  ]

  mutating func general(_ object: LocatedObject, path: String) -> [SchemaRule.Keyword] {
    var keywords: [SchemaRule.Keyword] = []
    if let value = object["type"] {
      keywords.append(.types(types(value, path: path.appending(key: "type"))))
    }
    if let value = object["const"] {
      keywords.append(.constant(ExactValue(value.json.canonical)))
    }
    if let value = object["enum"] {
      let path = path.appending(key: "enum")
      if let elements = value.array, !elements.isEmpty {
        keywords.append(.choice(elements.map { ExactValue($0.json.canonical) }))
      } else {
        report.add(
          "wrong_type", "\(path) must be a list of values that is not empty", path: path,
          at: value.place)
      }
    }
    return keywords
  }

  private mutating func types(_ value: LocatedValue, path: String) -> [SchemaType] {
    let names = SchemaType.allCases.map(\.rawValue)
    var types: [SchemaType] = []
    let elements = value.array ?? [value]
    for element in elements {
      guard let type = element.string.flatMap(SchemaType.init(rawValue:)) else {
        report.add(
          "invalid_value", "\(path) must be \(names.alternatives), or a list of them", path: path,
          at: element.place,
          suggestion: element.string.flatMap { report.suggestion(for: $0, among: names) })
        continue
      }
      types.append(type)
    }
    if elements.isEmpty || Set(types).count < types.count {
      report.add(
        "invalid_value", "\(path) must name types, each once", path: path, at: value.place)
    }
    return types
  }

  mutating func numbers(_ object: LocatedObject, path: String) -> [SchemaRule.Keyword] {
    var keywords: [SchemaRule.Keyword] = []
    if let number = number(object, "multipleOf", path: path) {
      if number > .zero {
        keywords.append(.multipleOf(number))
      } else if let value = object["multipleOf"] {
        report.add(
          "out_of_range", "\(path.appending(key: "multipleOf")) must be above zero",
          path: path.appending(key: "multipleOf"), at: value.place)
      }
    }
    if let limit = number(object, "minimum", path: path) { keywords.append(.minimum(limit)) }
    if let limit = number(object, "maximum", path: path) { keywords.append(.maximum(limit)) }
    if let limit = number(object, "exclusiveMinimum", path: path) {
      keywords.append(.exclusiveMinimum(limit))
    }
    if let limit = number(object, "exclusiveMaximum", path: path) {
      keywords.append(.exclusiveMaximum(limit))
    }
    return keywords
  }

  private mutating func number(
    _ object: LocatedObject, _ key: String, path: String
  ) -> ExactNumber? {
    guard let value = object[key] else { return nil }
    let path = path.appending(key: key)
    guard case .number(let number) = ExactValue(value.json.canonical) else {
      report.add(
        "wrong_type", "\(path) must be a number, not \(value.description)", path: path,
        at: value.place)
      return nil
    }
    if key == "multipleOf", number.small == nil {
      report.add(
        "out_of_range", "\(path) must have at most 17 digits", path: path, at: value.place)
      return nil
    }
    return number
  }

  mutating func strings(_ object: LocatedObject, path: String) -> [SchemaRule.Keyword] {
    var keywords: [SchemaRule.Keyword] = []
    if let limit = count(object, "minLength", path: path) { keywords.append(.minLength(limit)) }
    if let limit = count(object, "maxLength", path: path) { keywords.append(.maxLength(limit)) }
    if let value = object["pattern"] {
      let path = path.appending(key: "pattern")
      if let text = report.string(value, path: path) {
        do throws(SchemaPattern.Problem) {
          keywords.append(.pattern(try SchemaPattern(text), text: text))
        } catch {
          report.add(
            "schema_pattern", "\(path), at character \(error.place): \(error.message)", path: path,
            at: value.place)
        }
      }
    }
    if let value = object["format"] {
      let path = path.appending(key: "format")
      let names = SchemaFormat.allCases.map(\.rawValue)
      if let format = value.string.flatMap(SchemaFormat.init(rawValue:)) {
        keywords.append(.format(format))
      } else {
        report.add(
          "schema_format",
          "\(path) must be \(names.alternatives); other formats are not checked, a pattern is",
          path: path, at: value.place,
          suggestion: value.string.flatMap { report.suggestion(for: $0, among: names) })
      }
    }
    return keywords
  }

  /// A number of things.
  mutating func count(_ object: LocatedObject, _ key: String, path: String) -> Int? {
    guard let value = object[key] else { return nil }
    let path = path.appending(key: key)
    if let number = value.int, (0...Int64(1 << 30)).contains(number) { return Int(number) }
    report.add(
      "out_of_range", "\(path) must be a whole number from 0, not \(value.description)", path: path,
      at: value.place)
    return nil
  }
}
