/// The JSON Schema of the definition language, for editors: made of the same tables as the reader.
///
/// It knows what one place of a definition may hold. Whether ids exist, expressions are right and the
/// graph ends, only the reader knows.
public enum DefinitionSchema {
  /// - Parameter kinds: the kinds that nodes may use; those of an application come with its catalog.
  public static func make(kinds: KindCatalog = .standard) -> JSONValue {
    var schema: [(String, JSONValue)] = [
      ("$schema", .string(SchemaReader.dialect)),
      ("title", .string("A workflow of Swell")),
    ]
    if case .object(let members) = object(DefinitionLanguage.top) {
      schema += members.map { ($0.key, $0.value) }
    }
    schema.append(("$defs", definitions(kinds)))
    return make(schema)
  }

  private static func definitions(_ kinds: KindCatalog) -> JSONValue {
    make([
      ("node", node(kinds)),
      (
        "nodes",
        make([
          ("type", .string("object")), ("minProperties", .int(1)),
          ("maxProperties", .int(Int64(DefinitionReader.maxNodes))),
          ("propertyNames", make([("pattern", .string(DefinitionLanguage.names))])),
          ("additionalProperties", reference("node")),
        ])
      ),
      ("arm", arm), ("retry", retry), ("wait", wait), ("loop", loop),
      ("with", make([("type", .string("object"))])),
      ("schema", make([("type", strings(["object", "boolean"]))])),
      ("duration", duration), ("template", template),
      (
        "size",
        make([
          (
            "anyOf",
            .array([
              make([("type", .string("integer")), ("minimum", .int(1))]),
              make([("type", .string("string")), ("pattern", .string("^[0-9]+(B|[KMG]iB)?$"))]),
            ])
          )
        ])
      ),
    ])
  }

  // An editor completes what it finds under `properties`, so each key is there once, and what depends
  // on other keys comes after.

  private static func node(_ kinds: KindCatalog) -> JSONValue {
    var keys = Node.Role.ofKinds.compactMap { role -> DefinitionKey? in
      let names = kinds.kinds.filter { $0.value.roles.contains(role) }.map(\.key).sorted()
      return names.isEmpty ? nil : DefinitionKey(role.rawValue, .choice(names), summary(of: role))
    }
    keys.append(
      DefinitionKey(
        "handler", .matching("^[A-Za-z0-9_.-]{1,100}$", what: "a name"), "Swift code by its name"))
    keys += DefinitionLanguage.controls + DefinitionLanguage.node
    var rules: [JSONValue] = []
    for role in Node.Role.ofKinds {
      for (name, kind) in kinds.kinds.sorted(by: { $0.key < $1.key })
      where kind.roles.contains(role) {
        guard let settings = kind.settings?.filter({ $0.isFor(role) }) else { continue }
        let with = object(settings, takesTemplates: true)
        var then: [(String, JSONValue)] = [("properties", make([("with", with)]))]
        if settings.contains(where: \.isRequired) { then.append(("required", strings(["with"]))) }
        rules.append(
          rule(
            if: make([
              ("properties", make([(role.rawValue, make([("const", .string(name))]))])),
              ("required", strings([role.rawValue])),
            ]), then: make(then)))
      }
    }
    rules.append(rule(if: has("handler"), then: without(["with"])))
    for control in DefinitionLanguage.controls {
      let edges = control.name == "branch" ? ["then", "otherwise"] : []
      rules.append(
        rule(
          if: has(control.name),
          then: without(["with"] + DefinitionLanguage.keysNot(for: control.name) + edges)))
    }
    rules.append(make([("not", make([("required", strings(["map", "loop"]))]))]))
    return object(keys).adding([
      ("oneOf", .array(DefinitionReader.roles.map(has))), ("allOf", .array(rules)),
      ("dependentRequired", make([("join", strings(["needs"]))])),
    ])
  }

  private static func summary(of role: Node.Role) -> String {
    switch role {
    case .source: "reads: the kind of the node"
    case .transform: "is pure: the kind of the node"
    case .sink: "has effects: the kind of the node"
    case .handler, .control: ""
    }
  }

  private static var retry: JSONValue {
    var rule = otherKeys(for: .exponential)
    for strategy in [RetryPolicy.Strategy.fixed, .none] {
      var then = otherKeys(for: strategy)
      if strategy == .fixed { then = then.adding([("required", strings(["delay"]))]) }
      rule = make([
        (
          "if",
          make([
            ("properties", make([("strategy", make([("const", .string(strategy.rawValue))]))])),
            ("required", strings(["strategy"])),
          ])
        ), ("then", then), ("else", rule),
      ])
    }
    return make([
      (
        "anyOf",
        .array([
          make([("const", .string("none"))]),
          object(DefinitionLanguage.retry).adding([("allOf", .array([rule]))]),
        ])
      )
    ])
  }

  private static func otherKeys(for strategy: RetryPolicy.Strategy) -> JSONValue {
    let fitting = DefinitionLanguage.retryKeys(for: strategy)
    return without(DefinitionLanguage.retry.names.filter { !fitting.contains($0) })
  }

  private static var wait: JSONValue {
    object(DefinitionLanguage.wait).adding([
      ("oneOf", .array(["duration", "until", "signal"].map(has))),
      ("dependentRequired", make([("timeout", strings(["signal"]))])),
    ])
  }

  private static var loop: JSONValue {
    object(DefinitionLanguage.loop).adding([("anyOf", .array(["while", "until"].map(has)))])
  }

  private static var arm: JSONValue {
    object(DefinitionLanguage.arm).adding([
      (
        "oneOf",
        .array([
          make([("required", strings(["when", "then"]))]).adding([
            ("properties", make([("otherwise", .bool(false))]))
          ]),
          has("otherwise").adding([
            ("properties", make([("when", .bool(false)), ("then", .bool(false))]))
          ]),
        ])
      )
    ])
  }
}
