/// A workflow as its author wrote it, checked, and ready to be stored.
///
/// YAML and JSON with the same meaning give the same bytes of `json` and the same `workflow`,
/// and so does what the database gives back, whatever order jsonb has put the keys in.
public struct WorkflowDefinition: Sendable, Hashable {
  public enum Format: String, Sendable, Hashable, CaseIterable {
    /// By the name of the file, else JSON if the text begins with `{`.
    case auto
    case yaml, json
  }

  /// The longest definition, as a text and as JSON.
  public static let maxBytes = 1 << 20

  public let name: String
  /// The definition as JSON, with keys in jsonb's order: what is stored.
  public let json: Payload
  public let workflow: Workflow

  /// Reads a definition and reports everything that is wrong with it.
  ///
  /// - Parameters:
  ///   - file: the name that problems are reported with.
  ///   - kinds: the kinds that nodes may use.
  public static func parse(
    _ text: [UInt8], format: Format = .auto, file: String? = nil, kinds: KindCatalog = .standard
  ) throws(DefinitionProblems) -> WorkflowDefinition {
    do throws(DefinitionProblems) {
      return try WorkflowDefinition(
        document: document(text, format: format, file: file), kinds: kinds)
    } catch {
      throw DefinitionProblems(error.problems, file: file)
    }
  }

  /// Reads a definition and reports everything that is wrong with it.
  public static func parse(
    _ text: String, format: Format = .auto, file: String? = nil, kinds: KindCatalog = .standard
  ) throws(DefinitionProblems) -> WorkflowDefinition {
    try parse(Array(text.utf8), format: format, file: file, kinds: kinds)
  }

  /// Reads back what was stored. Its kinds were checked when it was applied; a worker reads
  /// definitions with kinds that it does not have.
  public init(stored json: Payload) throws(DefinitionProblems) {
    try self.init(
      document: Self.document(json.bytes, format: .json, file: nil, isStored: true), kinds: nil)
  }

  /// Reads a definition that is a part of another text.
  package init(document: LocatedValue, kinds: KindCatalog?) throws(DefinitionProblems) {
    var reader = DefinitionReader(kinds: kinds)
    workflow = try reader.read(document)
    name = workflow.name
    json = document.json.canonical.payload
    guard json.bytes.count <= Self.maxBytes else { throw Self.tooLarge(json.bytes.count) }
  }

  private static func tooLarge(_ count: Int) -> DefinitionProblems {
    DefinitionProblems([
      DefinitionProblem(
        "too_large", "the definition has \(count) bytes, the limit is \(maxBytes); split it",
        path: "", at: .start)
    ])
  }

  /// A text as located values, whatever it is about.
  package static func document(
    _ text: [UInt8], format: Format, file: String?, isStored: Bool = false
  ) throws(DefinitionProblems) -> LocatedValue {
    // What is stored was within the limit, before jsonb wrote spaces between.
    guard isStored || text.count <= maxBytes else { throw tooLarge(text.count) }
    let isJSON =
      switch format {
      case .json: true
      case .yaml: false
      case .auto:
        file?.hasSuffix(".json") == true
          || file?.hasSuffix(".yaml") != true && file?.hasSuffix(".yml") != true
            && text.first { $0 > 0x20 } == UInt8(ascii: "{")
      }
    if isJSON {
      do throws(JSONSyntaxProblem) {
        var parser = JSONParser(
          text, maxDepth: 100, duplicates: .rejected, exactIntegers: !isStored)
        return try parser.parse()
      } catch {
        let code =
          switch error.code {
          case .syntax: "invalid_json"
          case .duplicateKey: "duplicate_key"
          case .tooDeep: "too_deep"
          case .numberRange: "number_range"
          }
        throw DefinitionProblems([
          DefinitionProblem(code, error.message, path: "", at: error.place)
        ])
      }
    }
    guard let string = String(validating: text, as: UTF8.self) else {
      throw DefinitionProblems([
        DefinitionProblem("invalid_yaml", "the text is not valid UTF-8", path: "", at: .start)
      ])
    }
    return try YAMLParser.parse(string)
  }
}
