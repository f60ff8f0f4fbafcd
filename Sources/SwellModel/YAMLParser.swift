import Yams

/// Turns YAML into located values by the 1.2 core schema: `on`, `no`, `1:30` and dates stay
/// text. The only file that knows Yams.
struct YAMLParser {
  private static let maxDepth = 100
  private static let maxAliasNodes = 10_000

  private let text: String
  private var problems: [DefinitionProblem] = []
  private var aliasNodes = 0
  private var aliasBytes = 0
  /// Counted when somebody asks.
  private var lines = YAMLLines()

  private init(_ text: String) {
    self.text = text
  }

  static func parse(_ text: String) throws(DefinitionProblems) -> LocatedValue {
    var parser = YAMLParser(text)
    try YAMLGuard.check(text)
    let root: Yams.Node?
    do {
      root = try Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot()
    } catch let error as YamlError {
      throw DefinitionProblems([parser.problem(error)])
    } catch {
      throw DefinitionProblems([
        DefinitionProblem("invalid_yaml", "not YAML: \(error)", path: "", at: .start)
      ])
    }
    guard let root else {
      throw DefinitionProblems([
        DefinitionProblem("empty", "the definition is empty", path: "", at: .start)
      ])
    }
    let value = parser.value(
      root, path: "", depth: 0, last: SourcePlace(line: 0, column: 0), aliased: false)
    guard parser.problems.isEmpty else {
      // What an alias stands for was written before it.
      throw DefinitionProblems(parser.problems.sorted { $0.place < $1.place })
    }
    return value
  }

  /// Aliases share what they stand for, with its marks: a node that lies before what was
  /// already read has been reached through one.
  private mutating func value(
    _ node: Yams.Node, path: String, depth: Int, last: SourcePlace, aliased: Bool
  ) -> LocatedValue {
    let place = Self.place(node.mark)
    let aliased = aliased || place <= last
    let nothing = LocatedValue(.null, at: place)
    if aliased {
      aliasNodes += 1
      aliasBytes += node.scalar?.string.utf8.count ?? 0
      guard aliasNodes <= Self.maxAliasNodes, aliasBytes <= WorkflowDefinition.maxBytes else {
        if !problems.contains(where: { $0.code == "too_many_aliases" }) {
          report(
            "too_many_aliases",
            "aliases expand to more than \(Self.maxAliasNodes) values; "
              + "write fewer of them", path, place)
        }
        return nothing
      }
    }
    guard depth < Self.maxDepth else {
      report("too_deep", "nested deeper than \(Self.maxDepth) levels", path, place)
      return nothing
    }
    switch node {
    case .scalar(let scalar):
      let textPlace = Self.textPlace(of: scalar, at: place)
      return LocatedValue(
        content(scalar, path, place), at: place, textAt: textPlace,
        isVerbatim: isVerbatim(scalar, at: textPlace))
    case .sequence(let sequence):
      check(sequence.tag, expected: "tag:yaml.org,2002:seq", path, place)
      var elements: [LocatedValue] = []
      var seen: SourcePlace?
      for (index, element) in sequence.enumerated() {
        let value = value(
          element, path: path + "[\(index)]", depth: depth + 1, last: seen ?? last, aliased: aliased
        )
        seen = max(seen ?? value.place, value.place)
        elements.append(value)
      }
      return LocatedValue(.array(elements), at: place)
    case .mapping(let mapping):
      check(mapping.tag, expected: "tag:yaml.org,2002:map", path, place)
      var members: [LocatedObject.Member] = []
      for (key, value) in mapping {
        let keyPlace = Self.place(key.mark)
        guard let scalar = key.scalar else {
          report("invalid_key", "a key must be text", path, keyPlace)
          continue
        }
        let keyPath = path.appending(key: scalar.string.shortened)
        if scalar.string == "<<", scalar.style == .plain {
          report(
            "merge_key", "merge keys (<<) are not part of YAML 1.2; write the keys out", keyPath,
            keyPlace)
          continue
        }
        members.append(
          LocatedObject.Member(
            key: scalar.string, keyPlace: keyPlace,
            value: self.value(
              value, path: keyPath, depth: depth + 1, last: keyPlace,
              aliased: aliased)))
      }
      return LocatedValue(.object(LocatedObject(members: members, at: place)), at: place)
    case .alias:
      report("invalid_yaml", "an alias without its anchor", path, place)
      return nothing
    }
  }

  /// Behind a quote, or in the line below the sign of a block.
  private static func textPlace(
    of scalar: Yams.Node.Scalar, at place: SourcePlace
  ) -> SourcePlace {
    switch scalar.style {
    case .singleQuoted, .doubleQuoted: SourcePlace(line: place.line, column: place.column + 1)
    case .literal, .folded: SourcePlace(line: place.line + 1, column: 1)
    default: place
    }
  }

  /// Whether what was read of a scalar with an expression in it stands there: nobody asks of others.
  private mutating func isVerbatim(_ scalar: Yams.Node.Scalar, at place: SourcePlace) -> Bool {
    guard scalar.string.contains("${{") else { return true }
    switch scalar.style {
    // Each line is one of the source, further right by its indentation. These two break lines for YAML alone.
    case .literal:
      return !scalar.string.unicodeScalars.contains {
        "\u{2028}\u{2029}".unicodeScalars.contains($0)
      }
    case .folded: return false
    default:
      if lines.isEmpty { lines = YAMLLines(text) }
      return lines.holds(scalar.string, at: place)
    }
  }

  private mutating func content(
    _ scalar: Yams.Node.Scalar, _ path: String, _ place: SourcePlace
  ) -> LocatedValue.Content {
    switch scalar.tag.description {
    case "tag:yaml.org,2002:str": return .string(scalar.string)
    case "", "!":
      guard scalar.style == .plain, scalar.tag.description.isEmpty else {
        return .string(scalar.string)
      }
    default:
      check(scalar.tag, expected: "", path, place)
      return .null
    }
    switch CoreScalar(scalar.string) {
    case .content(let content): return content
    case .outOfRange:
      report(
        "number_range",
        "the number '\(scalar.string.shortened)' does not fit JSON or 64 bits; put it in quotes",
        path,
        place)
      return .null
    }
  }

  private mutating func check(
    _ tag: Tag, expected: String, _ path: String, _ place: SourcePlace
  ) {
    let name = tag.description
    guard !name.isEmpty, name != "!", name != expected else { return }
    report("yaml_tag", "the tag '\(name.shortened)' is not supported; leave it out", path, place)
  }

  private mutating func report(
    _ code: String, _ message: String, _ path: String, _ place: SourcePlace
  ) {
    problems.append(DefinitionProblem(code, message, path: path, at: place))
  }

  private static func place(_ mark: Mark?) -> SourcePlace {
    SourcePlace(line: mark?.line ?? 1, column: mark?.column ?? 1)
  }

  private func problem(_ error: YamlError) -> DefinitionProblem {
    switch error {
    case .scanner(let context, let problem, let mark, _),
      .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let place = Self.place(mark)
      if problem.contains("another document") {
        return DefinitionProblem(
          "multiple_documents", "a definition is one document; put the next in a file of its own",
          path: "", at: place)
      }
      var words = "not YAML: " + (context.map { "\($0.text) " } ?? "") + problem
      if YAMLGuard.line(place.line, of: text).contains("${{") {
        words += "; put the text with ${{ }} in quotes, as it holds ': ' or ' #'"
      }
      return DefinitionProblem("invalid_yaml", words, path: "", at: place)
    case .reader(let problem, _, let value, _):
      return DefinitionProblem(
        "invalid_yaml", "not YAML: \(problem)", path: "",
        at: YAMLGuard.place(ofRefused: value, in: text))
    case .duplicatedKeysInMapping(let keys, let context):
      let key = keys.first ?? ""
      let first = Self.place(context.mark)
      let second = YAMLGuard.second(key, after: first, in: text)
      return DefinitionProblem(
        "duplicate_key",
        second == nil
          ? "the key '\(key.shortened)' is given more than once; give each key once"
          : "the key '\(key.shortened)' is already in this object, at line \(first.line); "
            + "give each key once", path: "", at: second ?? first)
    default:
      return DefinitionProblem("invalid_yaml", "not YAML: \(error)", path: "", at: .start)
    }
  }
}
