extension DefinitionSchema {
  /// An object with these keys and no others.
  static func object(_ keys: [DefinitionKey], takesTemplates: Bool = false) -> JSONValue {
    var members: [(String, JSONValue)] = [
      ("type", .string("object")), ("additionalProperties", .bool(false)),
      (
        "properties",
        make(
          keys.map { key in
            // Older editors see nothing beside a reference, which only costs them these words.
            let shape = schema(of: key.shape, takesTemplates: takesTemplates)
            return (key.name, make([("description", .string(key.summary))]).adding(shape))
          })
      ),
    ]
    let required = keys.filter(\.isRequired).map(\.name)
    if !required.isEmpty { members.append(("required", strings(required))) }
    return make(members)
  }

  private static func schema(of shape: ValueShape, takesTemplates: Bool) -> JSONValue {
    let schema = bare(shape, takesTemplates: takesTemplates)
    switch shape {
    case .any, .text, .filledText, .expression, .either, .named: return schema
    default:
      return takesTemplates
        ? make([("anyOf", .array([schema, reference("template")]))]) : schema
    }
  }

  private static func bare(_ shape: ValueShape, takesTemplates: Bool) -> JSONValue {
    func inner(_ shape: ValueShape) -> JSONValue {
      schema(of: shape, takesTemplates: takesTemplates)
    }
    switch shape {
    case .any: return make([])
    case .text: return make([("type", .string("string"))])
    case .filledText: return make([("type", .string("string")), ("minLength", .int(1))])
    case .matching(let pattern, _):
      return make([("type", .string("string")), ("pattern", .string(pattern))])
    case .choice(let names): return make([("enum", strings(names))])
    case .flag: return make([("type", .string("boolean"))])
    case .whole(let range):
      return make([
        ("type", .string("integer")), ("minimum", .int(range.lowerBound)),
        ("maximum", .int(range.upperBound)),
      ])
    case .number(let range):
      return make([
        ("type", .string("number")), ("minimum", .double(range.lowerBound)),
        ("maximum", .double(range.upperBound)),
      ])
    case .duration: return reference("duration")
    case .size: return reference("size")
    case .list(let shape, let least):
      return make([("type", .string("array")), ("items", inner(shape))]).adding(
        least > 0 ? [("minItems", .int(Int64(least)))] : [])
    case .dictionary(let shape):
      return make([("type", .string("object")), ("additionalProperties", inner(shape))])
    case .object(let keys): return object(keys, takesTemplates: takesTemplates)
    case .either(let shapes): return make([("anyOf", .array(shapes.map(inner)))])
    case .expression(let shape):
      guard let shape else { return reference("template") }
      return make([("anyOf", .array([inner(shape), reference("template")]))])
    case .named(let name): return reference(name)
    }
  }

  /// `1h30m`; that it is above zero and at most ten years, the reader says.
  static var duration: JSONValue {
    let units = DurationText.units.map { "([0-9]+\($0.name))?" }.joined()
    return make([
      ("type", .string("string")), ("minLength", .int(2)), ("pattern", .string("^\(units)$")),
    ])
  }

  /// A text with an expression in it.
  static var template: JSONValue {
    make([("type", .string("string")), ("pattern", .string(#"\$\{\{"#))])
  }

  static func make(_ members: [(String, JSONValue)]) -> JSONValue {
    .object(members.map { JSONValue.Member($0.0, $0.1) })
  }

  static func strings(_ texts: [String]) -> JSONValue {
    .array(texts.map(JSONValue.string))
  }

  static func reference(_ name: String) -> JSONValue {
    make([("$ref", .string("#/$defs/\(name)"))])
  }

  static func has(_ key: String) -> JSONValue {
    make([("required", strings([key]))])
  }

  static func without(_ keys: [String]) -> JSONValue {
    make([("properties", make(keys.map { ($0, .bool(false)) }))])
  }

  static func rule(if condition: JSONValue, then: JSONValue) -> JSONValue {
    make([("if", condition), ("then", then)])
  }
}

extension JSONValue {
  /// An object with more members behind its own.
  func adding(_ members: [(String, JSONValue)]) -> JSONValue {
    guard case .object(let own) = self else { return self }
    return .object(own + members.map { Member($0.0, $0.1) })
  }

  fileprivate func adding(_ other: JSONValue) -> JSONValue {
    guard case .object(let members) = other else { return self }
    return adding(members.map { ($0.key, $0.value) })
  }
}
