/// Reads a schema out of a definition, and reports everything in it that would not be checked.
struct SchemaReader {
  /// Keywords that say something to people and change nothing.
  private static let annotations = [
    "title", "description", "default", "examples", "$comment", "deprecated", "readOnly",
    "writeOnly",
  ]
  /// Keywords of JSON Schema that are not checked here.
  private static let unchecked = [
    "patternProperties", "contains", "minContains", "maxContains", "unevaluatedItems",
    "unevaluatedProperties", "dependentSchemas", "contentEncoding", "contentMediaType",
    "contentSchema", "$id", "$anchor", "$dynamicRef", "$dynamicAnchor", "$vocabulary",
    "definitions", "dependencies", "additionalItems",
  ]
  static let dialect = "https://json-schema.org/draft/2020-12/schema"

  private var rules: [SchemaRule] = []
  private var references: [(rule: Int, at: Int, value: LocatedValue, path: String)] = []
  private var definitions: [String: Int] = [:]
  private var places: [SourcePlace] = []
  var report: DefinitionReport

  private init(_ report: DefinitionReport) {
    self.report = report
  }

  /// Nil after a problem that leaves nothing to check by.
  static func read(
    _ value: LocatedValue, path: String, _ report: inout DefinitionReport
  ) -> JSONSchema? {
    var reader = SchemaReader(report)
    reader.readTop(value, path: path)
    let isGood = reader.report.problems.count == report.problems.count
    report = reader.report
    return isGood ? JSONSchema(source: value.json.canonical, rules: reader.rules) : nil
  }

  private mutating func readTop(_ value: LocatedValue, path: String) {
    _ = schema(value, path: path)
    if let defs = value.object?["$defs"],
      let object = report.object(defs, path: path.appending(key: "$defs"))
    {
      for member in object.members {
        let path = path.appending(key: "$defs").appending(key: member.key.shortened)
        if member.key.contains(where: { "~/%".contains($0) }) {
          report.add(
            "invalid_name", "the name of a schema in $defs cannot have '~', '/' or '%'", path: path,
            at: member.keyPlace)
        }
        definitions[member.key] = schema(member.value, path: path)
      }
    }
    resolve()
    checkCycles(path: path)
  }

  /// Adds a schema and all within it, and returns its place in the list.
  mutating func schema(_ value: LocatedValue, path: String) -> Int {
    let index = rules.count
    rules.append(SchemaRule())
    places.append(value.place)
    if let flag = value.bool {
      if !flag { rules[index].keywords = [.nothing] }
      return index
    }
    guard let object = value.object else {
      report.add(
        "wrong_type",
        "\(path) must be a schema such as {type: string}, or true or false, not "
          + value.description, path: path, at: value.place)
      return index
    }
    checkKeywords(object, isTop: index == 0, path: path)
    if let value = object["$ref"] {
      rules[index].keywords.append(.reference(0))
      references.append((index, 0, value, path.appending(key: "$ref")))
    }
    let keywords =
      general(object, path: path) + numbers(object, path: path) + strings(object, path: path)
      + arrays(object, path: path) + objects(object, path: path) + alternatives(object, path: path)
    rules[index].keywords += keywords
    return index
  }

  private mutating func checkKeywords(_ object: LocatedObject, isTop: Bool, path: String) {
    for member in object.members {
      let path = path.appending(key: member.key.shortened)
      switch member.key {
      case "$schema" where isTop:
        guard member.value.string != Self.dialect else { continue }
        report.add(
          "invalid_value", "$schema must be \(Self.dialect)", path: path, at: member.value.place)
      case "$schema", "$defs":
        guard !isTop else { continue }
        report.add(
          "schema_keyword", "'\(member.key)' stands at the top of a schema", path: path,
          at: member.keyPlace)
      case "then", "else":
        guard object["if"] == nil else { continue }
        report.add(
          "schema_keyword", "'\(member.key)' means nothing without 'if'", path: path,
          at: member.keyPlace)
      case _ where Self.annotations.contains(member.key): continue
      case _ where Self.checked.contains(member.key): continue
      case _ where Self.unchecked.contains(member.key):
        report.add(
          "schema_keyword",
          "'\(member.key)' is not checked by Swell, and a schema says nothing that is not checked",
          path: path, at: member.keyPlace)
      default:
        report.add(
          "schema_keyword", "unknown keyword '\(member.key.shortened)' in a schema", path: path,
          at: member.keyPlace,
          suggestion: report.suggestion(for: member.key, among: Self.checked + Self.annotations))
      }
    }
  }

  private mutating func resolve() {
    for (rule, at, value, path) in references {
      // What leads nowhere is one problem, and not another one because of where it would lead.
      rules[rule].keywords[at] = .allOf([])
      guard let text = report.string(value, path: path) else { continue }
      let prefix = "#/$defs/"
      if text == "#" {
        rules[rule].keywords[at] = .reference(0)
      } else if text.hasPrefix(prefix),
        let target = definitions[String(text.dropFirst(prefix.count))]
      {
        rules[rule].keywords[at] = .reference(target)
      } else {
        report.add(
          "schema_reference",
          "there is no schema '\(text.shortened)'; a reference is #/$defs/NAME of this schema, or #",
          path: path, at: value.place,
          suggestion: report.suggestion(
            for: text, among: definitions.keys.sorted().map { prefix + $0 }))
      }
    }
  }

  /// A schema that comes back to itself without going into the value would never be done.
  private mutating func checkCycles(path: String) {
    var state = rules.map { _ in 0 }
    for start in rules.indices where state[start] == 0 {
      var walk: [(index: Int, next: [Int])] = [(start, rules[start].sameValue)]
      state[start] = 1
      while let last = walk.last {
        guard let next = last.next.last else {
          state[last.index] = 2
          walk.removeLast()
          continue
        }
        walk[walk.count - 1].next.removeLast()
        if state[next] == 1 {
          return report.add(
            "schema_cycle",
            "this schema refers to itself for the same value, so a look at it would never end",
            path: path, at: places[next])
        }
        if state[next] == 0 {
          state[next] = 1
          walk.append((next, rules[next].sameValue))
        }
      }
    }
  }
}

extension SchemaRule {
  /// The schemas that are asked about the very same value.
  fileprivate var sameValue: [Int] {
    keywords.flatMap { keyword -> [Int] in
      switch keyword {
      case .reference(let index), .not(let index): [index]
      case .allOf(let indices), .anyOf(let indices), .oneOf(let indices): indices
      case .conditional(let condition, let then, let otherwise):
        [condition] + [then, otherwise].compactMap { $0 }
      default: []
      }
    }
  }
}
