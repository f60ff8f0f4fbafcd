import Foundation
import Testing

@testable import SwellModel

/// The JSON Schema of the language and the reader of the language agree.
@Suite struct DefinitionSchemaTests {
  static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  @Test func `the schema is one that is checked whole`() throws {
    _ = try JSONSchema(DefinitionSchema.make())
    _ = try JSONSchema(DefinitionSchema.make(kinds: KindCatalog()))
  }

  /// Every definition that stands in this repository, with its place: files of definitions, blocks of YAML in the
  /// documents, texts in tests.
  static let written: [(place: String, text: String)] = {
    var found: [(String, String)] = []
    for folder in ["README.md", "docs", "Examples", "Sources", "Tests"] {
      let top = repository.appendingPathComponent(folder)
      let files =
        FileManager.default.enumerator(at: top, includingPropertiesForKeys: nil)?
        .compactMap { $0 as? URL } ?? []
      for file in files.isEmpty ? [top] : files {
        guard let text = try? String(contentsOf: file, encoding: .utf8) else { continue }
        let blocks: [String]
        switch file.pathExtension {
        case "yaml" where !file.path.contains("/Fuzz/"): blocks = [text]
        case "md": blocks = Self.blocks(of: text, from: "```yaml", to: "```")
        case "swift": blocks = Self.blocks(of: text, from: "\"\"\"", to: "\"\"\"")
        default: continue
        }
        // What has cases is about a workflow.
        found += blocks.filter { "\n\($0)".contains("\nworkflow: ") && !$0.contains("\ncases:") }
          .map { (file.lastPathComponent, $0) }
      }
    }
    return found
  }()

  private static func blocks(of text: String, from open: String, to close: String) -> [String] {
    var blocks: [String] = []
    var block: [String]?
    for line in text.components(separatedBy: "\n") {
      guard let lines = block else {
        if line.hasSuffix(open) { block = [] }
        continue
      }
      let trimmed = line.drop { $0 == " " }
      guard trimmed.hasPrefix(close) else {
        block = lines + [line]
        continue
      }
      let indent = line.count - trimmed.count
      blocks.append(lines.map { String($0.dropFirst(indent)) }.joined(separator: "\n"))
      block = nil
    }
    return blocks
  }

  @Test func `every definition of this repository fits the schema`() throws {
    let schema = try JSONSchema(DefinitionSchema.make())
    var good = 0
    for (place, text) in Self.written {
      guard let definition = try? WorkflowDefinition.parse(text) else { continue }
      good += 1
      #expect(try schema.problem(in: definition.json) == nil, "\(place): \(text)")
    }
    #expect(good > 50, "\(good)")
  }

  @Test func `every definition in the documents is right`() throws {
    var count = 0
    for (place, text) in Self.written where place.hasSuffix(".md") {
      count += 1
      #expect(throws: Never.self, "\(place): \(text)") { try WorkflowDefinition.parse(text) }
    }
    #expect(count >= 4, "\(count)")
  }

  @Test func `the tables name every key that the reader reads, and the schema has them all`() throws
  {
    let schema = DefinitionSchema.make()
    let node = try #require(schema["$defs"]?["node"]?["properties"])
    for key in DefinitionReader.roles + DefinitionLanguage.node.names {
      #expect(node[key] != nil, "\(key)")
    }
    for key in DefinitionLanguage.top.names { #expect(schema["properties"]?[key] != nil, "\(key)") }
  }

  @Test func `an editor is told what a key is for, and what it may be`() throws {
    let schema = DefinitionSchema.make()
    let source = schema["$defs"]?["node"]?["properties"]?["source"]
    #expect(source?["enum"]?.array?.compactMap(\.string) == ["cel", "exec", "file", "http", "sql"])
    #expect(source?["description"]?.string?.isEmpty == false)
    let text = schema.payload.text
    for words in ["such as orders.csv", "a list such as [wc, -l]"] {
      #expect(text.contains(words), "\(words)")
    }
  }

  @Test(arguments: [
    "a: {sink: file}", "a: {sink: file, with: {list: .}}", "a: {source: exec}",
    "a: {source: exec, with: {command: ls}}", "a: {transform: file, with: {path: x}}",
    "a: {sink: log, with: {level: loud}}", "a: {sink: log, with: {leve: info}}",
    "a: {transform: cel}", "a: {handler: h, with: {}}", "a: {handler: h, sink: log}", "a: {}",
    "a: {wait: {}}", "a: {wait: {duration: 1h, signal: s}}",
    "a: {wait: {duration: 1h, timeout: 1h}}",
    "a: {wait: {duration: 5}}", "a: {approval: {}}", "a: {branch: []}",
    "a: {branch: [{then: [a]}]}",
    "a: {branch: [{otherwise: [b], then: [c]}]}", "a: {wait: {duration: 1h}, retry: none}",
    "a: {handler: h, map: {}}", "a: {handler: h, map: {over: [1]}}", "a: {handler: h, loop: {}}",
    "a: {handler: h, loop: {until: \"${{ true }}\", maxIterations: 0}}",
    "a: {handler: h, map: {over: \"${{ [1] }}\"}, loop: {until: \"${{ true }}\"}}",
    "a: {handler: h, retry: {strategy: fixed}}", "a: {handler: h, retry: {delay: 1s}}",
    "a: {handler: h, retry: {strategy: none, jitter: full}}", "a: {handler: h, join: all}",
    "a: {handler: h, needs: b, join: 0}", "a: {handler: h, when: input.x}",
    "a: {handler: h, timeout: 1.5s}", "a: {handler: h, timeout: 10}", "A: {handler: h}",
    "a: {call: {}}", "a: {call: [w]}", "a: {call: w, loop: {}}",
    "a: {call: {workflow: w, version: 0}}", "a: {call: w, map: {over: \"${{ [1] }}\", spread: 1}}",
    "a: {call: {workflow: w, detached: true}}", "a: {call: w, circuit: c}",
    "a: {call: w, with: {}}",
    "a: {source: http}", "a: {source: http, with: {url: 7}}",
    "a: {source: http, with: {url: 'https://a.b/', method: POST}}",
    "a: {sink: http, with: {url: 'https://a.b/', method: TRACE}}",
    "a: {source: http, with: {url: 'https://a.b/', urls: 1}}",
    "a: {source: http, with: {url: 'https://a.b/', expect: [ok]}}",
    "a: {source: http, with: {url: 'https://a.b/', followRedirects: 21}}",
    "a: {source: http, with: {url: 'https://a.b/', auth: {bearr: x}}}",
    "a: {source: http, with: {url: 'https://a.b/', auth: {basic: {username: me}}}}",
    "a: {source: sql}", "a: {source: sql, with: {query: SELECT 1, maxRows: 0}}",
    "a: {source: sql, with: {query: SELECT 1, connection: Ware}}",
    "a: {source: sql, with: {query: SELECT $1, parameters: 1}}",
    "a: {sink: sql, with: {query: SELECT 1, exactlyOnce: 'yes'}}", "a: {transform: sql}",
    "a: {handler: 'a b'}", "a: {handler: h, optional: 1}", "a: {handler: h, fallback: B}",
    "a: {handler: h, whenOpen: never, circuit: c}", "a: {sink: unknown}", "a: {hander: h}",
  ])
  func `the schema refuses what the reader refuses for its form`(nodes: String) throws {
    let text = "workflow: w\nnodes: {\(nodes)}"
    #expect(throws: DefinitionProblems.self) { try WorkflowDefinition.parse(text) }
    let schema = try JSONSchema(DefinitionSchema.make())
    let value = ExactValue(try YAMLParser.parse(text).json)
    #expect(schema.problem(in: value) != nil)
  }

  @Test func `kinds of an application come with their settings`() throws {
    let kinds = KindCatalog.standard.adding(
      "reverse",
      KindCatalog.Kind(
        roles: [.transform],
        settings: [
          DefinitionKey(
            "by", .choice(["letters", "words"]), "what is turned round (default: letters)"),
          DefinitionKey("limit", .whole(1...1000), "the most of them", isRequired: true),
          DefinitionKey(
            "how", .object([DefinitionKey("fast", .flag, "whether it hurries")]), "the way"),
          DefinitionKey("share", .number(0...1), "how much"),
          DefinitionKey("every", .duration, "how often"),
          DefinitionKey("names", .dictionary(.filledText), "by name"),
        ]))
    let schema = try JSONSchema(DefinitionSchema.make(kinds: kinds))
    func codes(_ with: String) throws -> [String] {
      let text = "workflow: w\nnodes: {a: {transform: reverse\(with)}}"
      let fits = schema.problem(in: ExactValue(try YAMLParser.parse(text).json)) == nil
      do {
        _ = try WorkflowDefinition.parse(text, kinds: kinds)
        #expect(fits, "\(with)")
        return []
      } catch {
        #expect(!fits, "\(with)")
        return error.problems.map { "\($0.code) \($0.path)" }
      }
    }
    #expect(try codes(", with: {limit: 5, by: words, how: {fast: true}, share: 0.5}") == [])
    #expect(
      try codes(
        ", with: {limit: \"${{ input.n }}\", by: \"${{ input.by }}\", how: \"${{ input }}\"}")
        == [])
    #expect(try codes(", with: {limit: 5, every: 1h, names: {x: y}}") == [])
    #expect(try codes("") == ["missing_key nodes.a.with.limit"])
    #expect(try codes(", with: {limit: 1001}") == ["out_of_range nodes.a.with.limit"])
    #expect(try codes(", with: {limit: 1, by: lines}") == ["invalid_value nodes.a.with.by"])
    #expect(
      try codes(", with: {limit: 1, how: {fast: 1, slow: 2}}")
        == ["wrong_type nodes.a.with.how.fast", "unknown_key nodes.a.with.how.slow"])
    #expect(try codes(", with: {limit: 1, share: 1.5}") == ["out_of_range nodes.a.with.share"])
    #expect(try codes(", with: {limit: 1, every: 1}") == ["invalid_duration nodes.a.with.every"])
    #expect(
      try codes(", with: {limit: 1, names: {x: ''}}") == ["invalid_value nodes.a.with.names.x"])
    #expect(try codes(", with: {limit: 1, names: [x]}") == ["wrong_type nodes.a.with.names"])
  }
}
