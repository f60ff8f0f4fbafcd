extension SchemaReader {
  mutating func arrays(_ object: LocatedObject, path: String) -> [SchemaRule.Keyword] {
    var keywords: [SchemaRule.Keyword] = []
    if let limit = count(object, "minItems", path: path) { keywords.append(.minItems(limit)) }
    if let limit = count(object, "maxItems", path: path) { keywords.append(.maxItems(limit)) }
    if let value = object["uniqueItems"] {
      if value.bool == nil {
        report.add(
          "wrong_type", "\(path.appending(key: "uniqueItems")) must be true or false",
          path: path.appending(key: "uniqueItems"), at: value.place)
      }
      if value.bool == true { keywords.append(.uniqueItems) }
    }
    let first = object["prefixItems"].map { schemas($0, path: path.appending(key: "prefixItems")) }
    let rest = object["items"].map { schema($0, path: path.appending(key: "items")) }
    if first != nil || rest != nil { keywords.append(.items(first: first ?? [], rest: rest)) }
    return keywords
  }

  mutating func objects(_ object: LocatedObject, path: String) -> [SchemaRule.Keyword] {
    var keywords: [SchemaRule.Keyword] = []
    if let limit = count(object, "minProperties", path: path) {
      keywords.append(.minProperties(limit))
    }
    if let limit = count(object, "maxProperties", path: path) {
      keywords.append(.maxProperties(limit))
    }
    if let value = object["required"] {
      keywords.append(.required(keys(value, path: path.appending(key: "required"))))
    }
    if let value = object["dependentRequired"] {
      let path = path.appending(key: "dependentRequired")
      if let object = report.object(value, path: path) {
        keywords.append(
          .dependentRequired(
            sorted(object).map { member in
              (
                Array(member.key.utf8),
                keys(member.value, path: path.appending(key: member.key.shortened))
              )
            }))
      }
    }
    if let value = object["propertyNames"] {
      keywords.append(
        .propertyNames(schema(value, path: path.appending(key: "propertyNames"))))
    }
    var known: [[UInt8]] = []
    if let value = object["properties"] {
      let path = path.appending(key: "properties")
      if let object = report.object(value, path: path) {
        let properties = sorted(object).map { member in
          (
            key: Array(member.key.utf8),
            schema: schema(member.value, path: path.appending(key: member.key.shortened))
          )
        }
        known = properties.map(\.key)
        keywords.append(.properties(properties))
      }
    }
    if let value = object["additionalProperties"] {
      let index = schema(value, path: path.appending(key: "additionalProperties"))
      keywords.append(
        .additionalProperties(value.bool == false ? nil : index, known: known))
    }
    return keywords
  }

  mutating func alternatives(_ object: LocatedObject, path: String) -> [SchemaRule.Keyword] {
    var keywords: [SchemaRule.Keyword] = []
    if let value = object["allOf"] {
      keywords.append(.allOf(schemas(value, path: path.appending(key: "allOf"))))
    }
    if let value = object["anyOf"] {
      keywords.append(.anyOf(schemas(value, path: path.appending(key: "anyOf"))))
    }
    if let value = object["oneOf"] {
      keywords.append(.oneOf(schemas(value, path: path.appending(key: "oneOf"))))
    }
    if let value = object["not"] {
      keywords.append(.not(schema(value, path: path.appending(key: "not"))))
    }
    if let value = object["if"] {
      let condition = schema(value, path: path.appending(key: "if"))
      let then = object["then"].map { schema($0, path: path.appending(key: "then")) }
      let otherwise = object["else"].map { schema($0, path: path.appending(key: "else")) }
      keywords.append(.conditional(condition: condition, then: then, otherwise: otherwise))
    }
    return keywords
  }

  private mutating func schemas(_ value: LocatedValue, path: String) -> [Int] {
    guard let elements = value.array, !elements.isEmpty else {
      report.add(
        "wrong_type", "\(path) must be a list of schemas that is not empty", path: path,
        at: value.place)
      return []
    }
    var indices: [Int] = []
    for (index, element) in elements.enumerated() {
      indices.append(schema(element, path: path + "[\(index)]"))
    }
    return indices
  }

  private mutating func keys(_ value: LocatedValue, path: String) -> [[UInt8]] {
    let texts = value.array?.compactMap(\.string) ?? []
    guard let elements = value.array, texts.count == elements.count, Set(texts).count == texts.count
    else {
      report.add(
        "wrong_type", "\(path) must be a list of keys, each once", path: path, at: value.place)
      return []
    }
    return texts.map { Array($0.utf8) }
  }

  /// In jsonb's order, which is that of the looks in the database.
  private func sorted(_ object: LocatedObject) -> [LocatedObject.Member] {
    object.members.sorted { KeyOrder.precedes($0.key.utf8, $1.key.utf8) }
  }
}
